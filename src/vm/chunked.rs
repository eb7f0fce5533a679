//! A list in chunks, for the table of data bodies. Programs read and extend that table as they run, so it must
//! be nearly as fast as a plain list; a tree of small nodes is not. A copy shares all full chunks. A change copies
//! one chunk, and the list of chunks: a thousandth of the items.

use std::sync::Arc;

/// How many items there are in a chunk.
const CHUNK: usize = 1024;

/// A list in chunks.
#[derive(Clone, Debug)]
pub(super) struct Chunked<T> {
    full: Arc<Vec<Arc<Vec<T>>>>,
    /// The items after the last full chunk; fewer than a chunk.
    rest: Vec<T>,
}

impl<T> Default for Chunked<T> {
    fn default() -> Chunked<T> {
        Chunked { full: Arc::default(), rest: Vec::new() }
    }
}

impl<T: Copy> Chunked<T> {
    /// How many items there are.
    pub(super) fn len(&self) -> usize {
        CHUNK * self.full.len() + self.rest.len()
    }

    /// The item at an index, if there is one.
    pub(super) fn get(&self, index: usize) -> Option<T> {
        match self.full.get(index / CHUNK) {
            Some(chunk) => chunk.get(index % CHUNK).copied(),
            None => self.rest.get(index - CHUNK * self.full.len()).copied(),
        }
    }

    /// The last item, if there is one.
    pub(super) fn last(&self) -> Option<T> {
        self.get(self.len().checked_sub(1)?)
    }

    /// All items, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.full.iter().flat_map(|chunk| chunk.iter()).chain(&self.rest)
    }

    /// The index of the first item for which this does not hold; it holds for none after it.
    pub(super) fn partition_point(&self, holds: impl Fn(T) -> bool) -> usize {
        let last = |chunk: &Arc<Vec<T>>| chunk.last().is_some_and(|&item| holds(item));
        let chunk = self.full.partition_point(last);
        let items = self.full.get(chunk).map_or(&self.rest, |chunk| &**chunk);
        CHUNK * chunk + items.partition_point(|&item| holds(item))
    }

    /// Changes the item at an index, which must exist.
    pub(super) fn set(&mut self, index: usize, item: T) {
        let Some(rest) = index.checked_sub(CHUNK * self.full.len()) else {
            let chunk = &mut Arc::make_mut(&mut self.full)[index / CHUNK];
            Arc::make_mut(chunk)[index % CHUNK] = item;
            return;
        };
        self.rest[rest] = item;
    }

    /// Adds an item at the end.
    pub(super) fn push(&mut self, item: T) {
        self.rest.push(item);
        if self.rest.len() == CHUNK {
            Arc::make_mut(&mut self.full).push(Arc::new(std::mem::take(&mut self.rest)));
        }
    }

    /// Inserts an item; what is after it moves up.
    pub(super) fn insert(&mut self, index: usize, item: T) {
        let after = self.split_off(index);
        self.push(item);
        after.into_iter().for_each(|item| self.push(item));
    }

    /// Keeps the items for which this holds. Full chunks that keep all stay shared, up to the first that does not.
    pub(super) fn retain(&mut self, holds: impl Fn(T) -> bool) {
        let mut was = std::mem::take(self);
        for chunk in was.full.iter() {
            if self.rest.is_empty() && chunk.iter().all(|&item| holds(item)) {
                Arc::make_mut(&mut self.full).push(Arc::clone(chunk));
                continue;
            }
            chunk.iter().filter(|&&item| holds(item)).for_each(|&item| self.push(item));
        }
        was.rest.retain(|&item| holds(item));
        match self.rest.is_empty() {
            true => self.rest = was.rest,
            false => was.rest.into_iter().for_each(|item| self.push(item)),
        }
    }

    /// Removes the items from an index on, and returns them.
    fn split_off(&mut self, index: usize) -> Vec<T> {
        let chunk = (index / CHUNK).min(self.full.len());
        let mut after = Vec::with_capacity(self.len() - CHUNK * chunk);
        self.full[chunk..].iter().for_each(|chunk| after.extend_from_slice(chunk));
        after.append(&mut self.rest);
        if chunk < self.full.len() {
            Arc::make_mut(&mut self.full).truncate(chunk);
        }
        let kept = index - CHUNK * chunk;
        self.rest.extend(after.drain(..kept));
        after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_list_of_which_copies_share_what_does_not_change() {
        let (mut list, mut plain) = (Chunked::default(), Vec::new());
        for n in 0..5 * CHUNK {
            list.push(2 * n);
            plain.push(2 * n);
        }
        let (copy, was) = (list.clone(), plain.clone());
        for index in [0, CHUNK - 1, CHUNK, 3 * CHUNK + 7, 5 * CHUNK - 1] {
            list.set(index, 2 * index + 1);
            plain[index] = 2 * index + 1;
        }
        assert!(Arc::ptr_eq(&list.full[2], &copy.full[2]));
        for index in [5 * CHUNK, 2 * CHUNK + 3, CHUNK, 0] {
            list.insert(index, 1);
            plain.insert(index, 1);
        }
        assert!(list.iter().eq(&plain));
        for divisor in [7, 1000, 3, 2] {
            list.retain(|item| !item.is_multiple_of(divisor));
            plain.retain(|item| !item.is_multiple_of(divisor));
            assert!(list.iter().eq(&plain));
            assert_eq!((list.len(), list.last()), (plain.len(), plain.last().copied()));
        }
        list.retain(|_| false);
        assert_eq!((list.len(), list.last(), list.get(0)), (0, None, None));
        assert!(copy.iter().eq(&was));
        for least in [0, 1, 2 * CHUNK, 2 * CHUNK + 1, 6 * CHUNK, 20 * CHUNK] {
            let point = was.partition_point(|&item| item < least);
            assert_eq!(copy.partition_point(|item| item < least), point);
        }
        assert_eq!(Chunked::<u8>::default().partition_point(|_| true), 0);
    }
}
