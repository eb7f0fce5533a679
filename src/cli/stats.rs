//! What a run took: `--stats`.

use web_time::Instant;

use crate::program::diagnostic::counted;
use crate::vm::machine::Machine;

/// Where a run began.
#[derive(Clone, Copy, Debug)]
pub struct Stats {
    began: Instant,
    retired: u64,
    frames: u64,
}

impl Stats {
    /// A run of this machine begins.
    pub fn begin(machine: &Machine) -> Stats {
        let (retired, frames) = (machine.retired(), machine.newest_frame().number());
        Stats { began: Instant::now(), retired, frames }
    }

    /// What was done since then, and how much memory the machine takes now. A recording may have gone back,
    /// so the counts can be lower than at the start; then they are 0.
    pub fn line(self, machine: &Machine) -> String {
        let frames = machine.newest_frame().number().saturating_sub(self.frames);
        format!(
            "stats: {}, {}, {} of memory, {:.3} s",
            counted(machine.retired().saturating_sub(self.retired), "instruction"),
            counted(frames, "frame"),
            counted(machine.memory().cells(), "cell"),
            self.began.elapsed().as_secs_f64()
        )
    }
}
