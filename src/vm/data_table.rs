//! Which data bodies there are: where each is kept, its number and its address.
//!
//! A cell that holds the address of data holds a *slot*, an index into the rows, so that programs reach the
//! data without a search. Slots are used again after a collection. That is safe, because no cell refers to a
//! collected body, but nobody outside may keep one. So outside, data goes by its *number*, which is never
//! used again, and neither is its address.

use super::index::{DataId, DataSlot};
use super::space::Address;

/// The number in a slot without a body.
const FREE: DataId = DataId(u64::MAX);

/// The table of data bodies.
#[derive(Clone, Debug, Default)]
pub(super) struct DataTable {
    /// The number and the first address of the body in each slot.
    slots: Vec<(DataId, Address)>,
    free: Vec<DataSlot>,
    by_number: Vec<(DataId, DataSlot)>,
    /// May still hold where a body was before it moved.
    by_address: Vec<(Address, DataSlot)>,
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
    pub(super) fn all(&self) -> &[(DataId, DataSlot)] {
        &self.by_number
    }

    /// The slot of the body with this number.
    pub(super) fn slot(&self, id: DataId) -> Option<DataSlot> {
        let at = self.by_number.binary_search_by_key(&id, |&(id, _)| id).ok()?;
        Some(self.by_number[at].1)
    }

    /// The number of the body in a slot, and its first address.
    pub(super) fn entry(&self, slot: DataSlot) -> (DataId, Address) {
        self.slots[slot.index()]
    }

    /// Whether there is a body in a slot.
    pub(super) fn is_used(&self, slot: DataSlot) -> bool {
        self.slots.get(slot.index()).is_some_and(|&(id, _)| id != FREE)
    }

    /// All bodies in the order of their addresses, from the end.
    fn downwards(
        &self,
        entries: &[(Address, DataSlot)],
    ) -> impl Iterator<Item = (Address, DataId)> {
        let entries = entries.iter().rev().map(|&(start, slot)| (start, self.entry(slot)));
        entries.filter(|&(start, (_, now))| start == now).map(|(start, (id, _))| (start, id))
    }

    /// The body that starts at this address or is the first before it.
    pub(super) fn before(&self, address: Address) -> Option<(Address, DataId)> {
        let end = self.by_address.partition_point(|&(start, _)| start <= address);
        self.downwards(&self.by_address[..end]).next()
    }

    /// All bodies with their first addresses, lowest first.
    pub(super) fn by_address(&self) -> Vec<(Address, DataId)> {
        let mut all: Vec<_> = self.downwards(&self.by_address).collect();
        all.reverse();
        all
    }

    /// A slot for a new body that starts here. Takes a free slot if it is `usable`, else makes one.
    pub(super) fn add(&mut self, start: Address, usable: impl Fn(DataSlot) -> bool) -> DataSlot {
        let free = self.free.pop_if(|slot| usable(*slot));
        let slot = free.unwrap_or_else(|| {
            self.slots.push((FREE, 0));
            DataSlot::from_index(self.slots.len() - 1)
        });
        self.slots[slot.index()] = (self.next, start);
        self.by_number.push((self.next, slot));
        self.put(start, slot);
        self.next = DataId(self.next.0 + 1);
        slot
    }

    fn put(&mut self, start: Address, slot: DataSlot) {
        match self.by_address.last() {
            Some(&(last, _)) if last >= start => {
                let at = self.by_address.partition_point(|&(other, _)| other < start);
                self.by_address.insert(at, (start, slot));
            }
            Some(_) | None => self.by_address.push((start, slot)),
        }
    }

    /// Gives a body another address.
    pub(super) fn relocate(&mut self, slot: DataSlot, start: Address) {
        self.slots[slot.index()].1 = start;
        self.put(start, slot);
        self.moved += 1;
        if 2 * self.moved > self.by_address.len() {
            self.tidy();
        }
    }

    fn tidy(&mut self) {
        let DataTable { slots, by_address, moved, .. } = self;
        by_address.retain(|&(start, slot)| {
            let (id, now) = slots[slot.index()];
            id != FREE && start == now
        });
        *moved = 0;
    }

    /// Removes bodies.
    pub(super) fn remove(&mut self, slots: &[DataSlot]) {
        for &slot in slots {
            self.slots[slot.index()] = (FREE, 0);
        }
        self.free.extend(slots.iter().rev());
        self.tidy();
        let DataTable { slots, by_number, .. } = self;
        by_number.retain(|&(_, slot)| slots[slot.index()].0 != FREE);
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
