//! What instructions cost beyond one unit of fuel each.
//!
//! Fuel counts instructions, and that is exact. But joining two long texts takes as long as thousands of
//! other instructions, so who wants to know how long a run takes to be executed again needs more than their
//! count. This is a count too, of bytes and cells that were looked at or made: it is the same on every
//! computer, and a clock has no part in it. It decides where a run may pause and nothing else, so it is not
//! compared, saved or shown.
//!
//! The fast loop counts the same, except that it may find characters by notes and so without a walk.

/// The bytes of text that are looked at, copied or hashed in the time of an instruction.
const BYTES: u64 = 4;

/// A count of work, and where a run pauses because of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Effort {
    extra: u64,
    pause_at: u64,
}

impl Default for Effort {
    fn default() -> Effort {
        Effort { extra: 0, pause_at: u64::MAX }
    }
}

impl Effort {
    /// The same count, without a pause.
    pub(super) fn without_pause(self) -> Effort {
        Effort { pause_at: u64::MAX, ..self }
    }

    /// The count.
    pub(super) fn extra(self) -> u64 {
        self.extra
    }

    /// Sets a pause after this much more, or none.
    pub(super) fn pause_after(&mut self, extra: Option<u64>) {
        self.pause_at = extra.map_or(u64::MAX, |extra| self.extra.saturating_add(extra));
    }

    /// Whether the pause is reached.
    pub(super) fn pauses(self) -> bool {
        self.extra >= self.pause_at
    }

    pub(super) fn add(&mut self, units: u64) {
        self.extra = self.extra.saturating_add(units);
    }

    pub(super) fn add_bytes(&mut self, bytes: usize) {
        self.add(bytes as u64 / BYTES);
    }
}
