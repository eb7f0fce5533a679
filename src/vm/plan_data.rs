//! Planning the instructions for data.

use super::in_task::InTask;
use super::index::DataSlot;
use super::instruction::Primitive;
use super::limit::LimitKind;
use super::memory::MEMORY_CELLS;
use super::plan::{Effect, Plan, Range, check};
use super::stop::{Fault, Stop};

/// The most cells that one instruction copies or fills, so that none takes long.
const TOUCHED: i64 = 65_536;

impl InTask<'_> {
    pub(super) fn allocate(&self, cells: i64) -> Plan {
        let cells = new_size(Primitive::Allocate, cells)?;
        let counted = (cells as u64).max(1);
        check(self.fits_cells(counted) && self.has_cell_room(counted), LimitKind::Memory)?;
        Ok(Effect::Allocate { cells })
    }

    /// The place of a cell whose address and index are operands.
    pub(super) fn element(&self, primitive: Primitive) -> Result<(DataSlot, usize), Stop> {
        let (data, index) = (self.data(2), self.integer(1));
        let body = self.memory.data_in(data);
        let length = body.size();
        if (0..length as i64).contains(&index) {
            return Ok((data, index as usize));
        }
        let what = format!("data {}", body.id);
        let instruction = primitive.name().to_string();
        Err(Stop::Fault(Fault::Index { instruction, index, what, length: length as u64 }))
    }

    /// `memory.copy ( from index to index n -- )`
    pub(super) fn copy(&self) -> Plan {
        let primitive = Primitive::MemoryCopy;
        let count = count(primitive, self.integer(1))?;
        let from = self.range(primitive, self.data(5), self.integer(4), count)?;
        let to = self.range(primitive, self.data(3), self.integer(2), count)?;
        self.check_pages(to, count)?;
        Ok(Effect::Copy { from, to, count })
    }

    /// `memory.fill ( value address index n -- )`
    pub(super) fn fill_cells(&self) -> Plan {
        let primitive = Primitive::MemoryFill;
        let count = count(primitive, self.integer(1))?;
        let to = self.range(primitive, self.data(3), self.integer(2), count)?;
        self.check_pages(to, count)?;
        Ok(Effect::Fill { to, count })
    }

    /// `memory.resize ( address n -- )`
    pub(super) fn resize(&self) -> Plan {
        let primitive = Primitive::MemoryResize;
        let (data, size) = (self.data(2), new_size(primitive, self.integer(1))?);
        let old = self.memory.data_in(data).size();
        check_touched(primitive, old.min(size) as i64)?;
        let more = (size.max(1) - 1).saturating_sub(old.max(1) - 1) as u64;
        let copied = self.memory.all_data().copied_by_resize(data);
        check(!self.memory.is_used_up(), LimitKind::Memory)?;
        check(more == 0 || self.fits_cells(more), LimitKind::Memory)?;
        check(self.has_cell_room(copied.saturating_add(size as u64)), LimitKind::Memory)?;
        Ok(Effect::Resize { data, size })
    }

    fn range(
        &self,
        primitive: Primitive,
        data: DataSlot,
        index: i64,
        count: usize,
    ) -> Result<Range, Stop> {
        let body = self.memory.data_in(data);
        let first = usize::try_from(index).ok();
        match first.filter(|first| first + count <= body.size()) {
            Some(first) => Ok(Range { data, first }),
            None => Err(Stop::Fault(Fault::Range {
                instruction: primitive.name().to_string(),
                index,
                count: count as u64,
                what: format!("data {}", body.id),
                length: body.size() as u64,
            })),
        }
    }

    /// Checks that a bounded fork has room for the pages that it would copy to write these cells.
    fn check_pages(&self, to: Range, count: usize) -> Result<(), Stop> {
        let copied = self.memory.all_data().copied_by_range(to.data, to.first, count);
        check(self.has_cell_room(copied), LimitKind::Memory)
    }
}

fn new_size(primitive: Primitive, cells: i64) -> Result<usize, Stop> {
    if (0..=MEMORY_CELLS as i64).contains(&cells) {
        return Ok(cells as usize);
    }
    let instruction = primitive.name().to_string();
    Err(Stop::Fault(Fault::Size { instruction, cells, maximum: MEMORY_CELLS }))
}

/// A count of cells that one instruction may touch.
fn count(primitive: Primitive, count: i64) -> Result<usize, Stop> {
    if count < 0 {
        let instruction = primitive.name().to_string();
        return Err(Stop::Fault(Fault::Negative { instruction, count }));
    }
    check_touched(primitive, count)?;
    Ok(count as usize)
}

fn check_touched(primitive: Primitive, cells: i64) -> Result<(), Stop> {
    if cells <= TOUCHED {
        return Ok(());
    }
    let instruction = primitive.name().to_string();
    Err(Stop::Fault(Fault::Cells { instruction, cells, maximum: TOUCHED }))
}
