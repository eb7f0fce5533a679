//! Which data bodies there are: where each is kept, its number and its address.
//!
//! A cell that holds the address of data holds a *slot*, an index into the rows, so that programs reach the
//! data without a search. Slots are used again after a collection. That is safe, because no cell refers to a
//! collected body, but nobody outside may keep one. So outside, data goes by its *number*, which is never
//! used again, and neither is its address.
//!
//! A copy shares the table, and a change copies a small part of it: see [`super::chunked`].

use std::sync::Arc;

use super::chunked::Chunked;
use super::index::{DataId, DataSlot};
use super::space::Address;

/// The number in a slot without a body.
const FREE: DataId = DataId(u64::MAX);

/// All bodies, in the order of their numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct All<'t>(&'t Chunked<(DataId, DataSlot)>);

impl<'t> All<'t> {
    pub(super) fn iter(self) -> impl Iterator<Item = &'t (DataId, DataSlot)> {
        self.0.iter()
    }

    pub(super) fn to_vec(self) -> Vec<(DataId, DataSlot)> {
        self.0.iter().copied().collect()
    }
}

/// The table of data bodies.
#[derive(Clone, Debug, Default)]
pub(super) struct DataTable {
    /// The number and the first address of the body in each slot.
    slots: Chunked<(DataId, Address)>,
    /// Copied as a whole: four bytes each.
    free: Arc<Vec<DataSlot>>,
    by_number: Chunked<(DataId, DataSlot)>,
    /// May still hold where a body was before it moved.
    by_address: Chunked<(Address, DataSlot)>,
    moved: usize,
    next: DataId,
}

impl DataTable {
    /// How many bodies there are.
    pub(super) fn count(&self) -> usize {
        self.by_number.len()
    }

    /// How many slots there are, free ones included.
    pub(super) fn slots(&self) -> usize {
        self.slots.len()
    }

    /// The slots without a body.
    pub(super) fn free(&self) -> &[DataSlot] {
        &self.free
    }

    /// The number of the next body.
    pub(super) fn next(&self) -> DataId {
        self.next
    }

    /// The next body gets this number, which must not be less than [`DataTable::next`].
    pub(super) fn skip_to(&mut self, next: DataId) {
        assert!(next >= self.next, "numbers are never used again");
        self.next = next;
    }

    /// All bodies, in the order of their numbers.
    pub(super) fn all(&self) -> All<'_> {
        All(&self.by_number)
    }

    /// The slot of the body with this number.
    pub(super) fn slot(&self, id: DataId) -> Option<DataSlot> {
        let at = self.by_number.partition_point(|(other, _)| other < id);
        self.by_number.get(at).filter(|&(other, _)| other == id).map(|(_, slot)| slot)
    }

    /// The number of the body in a slot, and its first address.
    pub(super) fn entry(&self, slot: DataSlot) -> (DataId, Address) {
        self.slots.get(slot.index()).expect("a slot is in the table")
    }

    /// Whether there is a body in a slot.
    pub(super) fn is_used(&self, slot: DataSlot) -> bool {
        self.slots.get(slot.index()).is_some_and(|(id, _)| id != FREE)
    }

    /// The body in a slot, if it starts here now.
    fn at(&self, (start, slot): (Address, DataSlot)) -> Option<(Address, DataId)> {
        let (id, now) = self.entry(slot);
        (start == now).then_some((start, id))
    }

    /// The index in the list by address of the first entry that starts at this address or after it.
    fn partition(&self, address: Address) -> usize {
        self.by_address.partition_point(|(start, _)| start < address)
    }

    /// The body that starts at this address or is the first before it.
    pub(super) fn before(&self, address: Address) -> Option<(Address, DataId)> {
        let end = self.partition(address.saturating_add(1));
        (0..end).rev().find_map(|index| self.at(self.by_address.get(index)?))
    }

    /// All bodies with their first addresses, lowest first.
    pub(super) fn by_address(&self) -> Vec<(Address, DataId)> {
        self.by_address.iter().filter_map(|&entry| self.at(entry)).collect()
    }

    /// A slot for a new body that starts here. Takes a free slot if it is `usable`, else makes one.
    pub(super) fn add(&mut self, start: Address, usable: impl Fn(DataSlot) -> bool) -> DataSlot {
        let slot = match self.free.last().copied().filter(|&slot| usable(slot)) {
            Some(slot) => {
                Arc::make_mut(&mut self.free).pop();
                self.slots.set(slot.index(), (self.next, start));
                slot
            }
            None => {
                self.slots.push((self.next, start));
                DataSlot::from_index(self.slots.len() - 1)
            }
        };
        self.by_number.push((self.next, slot));
        self.put(start, slot);
        self.next = DataId(self.next.0 + 1);
        slot
    }

    fn put(&mut self, start: Address, slot: DataSlot) {
        match self.by_address.last() {
            Some((last, _)) if last >= start => {
                self.by_address.insert(self.partition(start), (start, slot));
            }
            Some(_) | None => self.by_address.push((start, slot)),
        }
    }

    /// Gives a body another address.
    pub(super) fn relocate(&mut self, slot: DataSlot, start: Address) {
        let (id, _) = self.entry(slot);
        self.slots.set(slot.index(), (id, start));
        self.put(start, slot);
        self.moved += 1;
        if 2 * self.moved > self.by_address.len() {
            self.tidy();
        }
    }

    fn tidy(&mut self) {
        let DataTable { slots, by_address, moved, .. } = self;
        by_address.retain(|(start, slot)| {
            slots.get(slot.index()).is_some_and(|(id, now)| id != FREE && start == now)
        });
        *moved = 0;
    }

    /// Removes bodies.
    pub(super) fn remove(&mut self, slots: &[DataSlot]) {
        for &slot in slots {
            self.slots.set(slot.index(), (FREE, 0));
        }
        Arc::make_mut(&mut self.free).extend(slots.iter().rev());
        self.tidy();
        let DataTable { slots, by_number, .. } = self;
        by_number.retain(|(_, slot)| slots.get(slot.index()).is_some_and(|(id, _)| id != FREE));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_addresses_lead_to_what_is_still_there() {
        let mut table = DataTable::default();
        let slots: Vec<DataSlot> = [100, 300, 500].map(|start| table.add(start, |_| true)).to_vec();
        let low = table.add(200, |_| true);
        assert_eq!(table.before(250), Some((200, DataId(3))));
        table.remove(&[slots[1], low]);
        assert_eq!((table.slot(DataId(1)), table.before(450)), (None, Some((100, DataId(0)))));
        let again = table.add(700, |slot| slot != slots[1]);
        assert_eq!((again.index(), table.slot(DataId(4))), (4, Some(again)));
        let again = table.add(800, |_| true);
        assert_eq!((again, table.entry(again)), (slots[1], (DataId(5), 800)));
        table.relocate(again, 900);
        let all = [(100, DataId(0)), (500, DataId(2)), (700, DataId(4)), (900, DataId(5))];
        assert_eq!((table.before(850), table.by_address()), (Some(all[2]), all.to_vec()));
        table.relocate(slots[0], 1000);
        table.relocate(slots[0], 1100);
        table.relocate(slots[0], 1200);
        assert_eq!(table.before(2000), Some((1200, DataId(0))));
        assert!(table.by_address.len() <= 2 * table.count() && table.before(450).is_none());
    }
}
