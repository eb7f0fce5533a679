//! A machine with its data compressed, as checkpoints keep it.
//!
//! Keeping machines costs most for a program that rewrites megabytes all the time, and most of the cost
//! of a plain copy is then new memory from the system. Data is compressed by frame of reference, as in
//! column stores (Zukowski and others, "Super-scalar RAM-CPU cache compression", 2006): each chunk of
//! 1,024 cells stores its least cell, and how far each cell is above it, in as few bytes a cell as the
//! largest distance needs. Flags and small numbers take one byte instead of eight. Equal cells take
//! none, so data that was never written to is free.

use super::cell::Cell;
use super::fast::Decoded;
use super::index::{DataId, DataSlot};
use super::machine::Machine;
use super::rows::{FlatBody, Words};

/// The number of cells in a chunk: few enough to fit into the L1 cache, so that each is fetched once.
const CHUNK: usize = 1024;
/// The bits of a cell that say what it holds.
const TAG: u64 = 7;
const TAG_BITS: u32 = TAG.count_ones();

/// A machine with its data compressed.
#[derive(Clone, Debug)]
pub struct Compressed {
    /// Everything but the data.
    machine: Machine,
    /// By slot; without cells where there is no body.
    data: Vec<CompressedBody>,
    bytes: usize,
}

#[derive(Clone, Debug, Default)]
struct CompressedBody {
    size: usize,
    chunks: Box<[Chunk]>,
}

/// Up to [`CHUNK`] words: each is `least + (step << shift)`.
#[derive(Clone, Debug)]
struct Chunk {
    least: u64,
    /// How many low bits all words have in common: those of the tag, or none.
    shift: u32,
    steps: Steps,
}

#[derive(Clone, Debug)]
enum Steps {
    /// All words equal the least.
    None,
    Bytes(Box<[u8]>),
    Shorts(Box<[u16]>),
    Halves(Box<[u32]>),
    Words(Box<[u64]>),
}

/// The least and the greatest word, as signed numbers, so that integers around zero are close together.
fn range(words: &[u64]) -> (u64, u64) {
    let signed = || words.iter().map(|&word| word as i64);
    (signed().min().unwrap_or(0) as u64, signed().max().unwrap_or(0) as u64)
}

impl Chunk {
    fn compress(words: &[u64]) -> Chunk {
        let first = words.first().copied().unwrap_or_default();
        // Usually only the lowest bits differ, and then no comparisons are needed.
        let bits = words.iter().fold(0, |bits, word| bits | (word ^ first));
        let (least, most) =
            if bits >> (TAG_BITS + 8) == 0 { (first & !bits, first | bits) } else { range(words) };
        let shift = if bits & TAG == 0 { TAG_BITS } else { 0 };
        let step = |word: &u64| word.wrapping_sub(least) >> shift;
        let steps = match step(&most) {
            0 => Steps::None,
            1..0x100 => Steps::Bytes(words.iter().map(|word| step(word) as u8).collect()),
            0x100..0x1_0000 => Steps::Shorts(words.iter().map(|word| step(word) as u16).collect()),
            0x1_0000..0x1_0000_0000 => {
                Steps::Halves(words.iter().map(|word| step(word) as u32).collect())
            }
            _ => Steps::Words(words.iter().map(step).collect()),
        };
        Chunk { least, shift, steps }
    }

    fn is_zero(&self) -> bool {
        self.least == 0 && matches!(self.steps, Steps::None)
    }

    /// Writes the words back; `words` must be zeros.
    fn decompress(&self, words: &mut [u64]) {
        match &self.steps {
            // Untouched zeros take no memory.
            Steps::None if self.least == 0 => {}
            Steps::None => words.fill(self.least),
            Steps::Bytes(steps) => self.raise(steps, words),
            Steps::Shorts(steps) => self.raise(steps, words),
            Steps::Halves(steps) => self.raise(steps, words),
            Steps::Words(steps) => self.raise(steps, words),
        }
    }

    fn raise<T: Copy + Into<u64>>(&self, steps: &[T], words: &mut [u64]) {
        for (word, &step) in words.iter_mut().zip(steps) {
            *word = self.least.wrapping_add(step.into() << self.shift);
        }
    }

    fn bytes(&self) -> usize {
        let steps = match &self.steps {
            Steps::None => 0,
            Steps::Bytes(steps) => steps.len(),
            Steps::Shorts(steps) => 2 * steps.len(),
            Steps::Halves(steps) => 4 * steps.len(),
            Steps::Words(steps) => 8 * steps.len(),
        };
        size_of::<Chunk>() + steps
    }
}

impl CompressedBody {
    fn compress(body: Words<'_>) -> CompressedBody {
        let mut room = Vec::new();
        let firsts = (0..body.len()).step_by(CHUNK);
        let chunks =
            firsts.map(|first| Chunk::compress(body.stretch(first, CHUNK, &mut room))).collect();
        CompressedBody { size: body.len(), chunks }
    }

    /// The words with their indices; chunks of zeros are left out.
    fn words(&self) -> impl Iterator<Item = (usize, u64)> {
        let kept = self.chunks.iter().enumerate().filter(|(_, chunk)| !chunk.is_zero());
        kept.flat_map(|(n, chunk)| {
            let first = n * CHUNK;
            let mut words = vec![0; CHUNK.min(self.size - first)];
            chunk.decompress(&mut words);
            (first..).zip(words)
        })
    }

    fn decompress(&self) -> FlatBody {
        let mut body = FlatBody::zeros(self.size);
        for (words, chunk) in body.words_mut().chunks_mut(CHUNK).zip(&self.chunks) {
            chunk.decompress(words);
        }
        body
    }
}

impl Machine {
    /// A compressed copy. Making it takes time in proportion to what the machine holds.
    pub fn compress(&self) -> Compressed {
        let settled = self.settled();
        let machine = settled.without_rows();
        let data = settled.memory.all_data();
        let slots = (0..data.table().slots()).map(DataSlot::from_index);
        let bodies = slots.map(|slot| data.get(slot).map(|body| body.words()));
        let data: Vec<CompressedBody> =
            bodies.map(|body| body.map(CompressedBody::compress).unwrap_or_default()).collect();
        let chunks = data.iter().flat_map(|body| &body.chunks).map(Chunk::bytes).sum::<usize>();
        let bytes = machine.bytes() + data.len() * size_of::<CompressedBody>() + chunks;
        Compressed { machine, data, bytes }
    }

    fn without_rows(&self) -> Machine {
        Machine {
            memory: self.memory.without_rows(),
            tasks: self.tasks.clone(),
            input: self.input.clone(),
            output: self.output.clone(),
            limits: self.limits,
            retired: self.retired,
            frames: self.frames,
            growth: self.growth,
            pace: self.pace,
            marking: None,
            printed_before: self.printed_before,
            bounds: self.bounds,
            globals: self.globals.clone(),
            effort: self.effort.without_pause(),
            decoded: Decoded::default(),
        }
    }

    /// About how many bytes are copied to keep it: texts are shared.
    pub fn copied_bytes(&self) -> usize {
        self.bytes() - self.memory.texts.bytes()
    }

    /// About how many bytes a plain copy takes.
    pub fn bytes(&self) -> usize {
        let memory = &self.memory;
        let data = 8 * memory.all_data().table().slots() + memory.all_data().cells() as usize;
        let code: usize = memory.code_bodies().map(|(_, body)| 16 + body.used().len()).sum();
        let stacks = self.tasks.words() + 32 * self.tasks.iter().len();
        let texts = 64 * memory.texts.slots() + memory.texts.bytes();
        // Counted, although copies share the table until a name is added.
        let names = 64 * memory.names.len();
        let globals = 64 * self.globals.len();
        8 * (data + code + stacks)
            + texts
            + names
            + globals
            + self.output.len()
            + self.input.rest().len()
            + 1024
    }
}

impl Compressed {
    /// The machine that was compressed.
    pub fn decompress(&self) -> Machine {
        let mut machine = self.machine.clone();
        machine.memory.set_rows(self.data.iter().map(CompressedBody::decompress).collect());
        machine
    }

    /// The machine that was compressed, but with data bodies of zeros, which take no memory.
    pub fn outline(&self) -> Machine {
        let mut machine = self.machine.clone();
        let zeros = self.data.iter().map(|body| FlatBody::zeros(body.size));
        machine.memory.set_rows(zeros.collect());
        machine
    }

    /// The values of a data body that are not 0, with their indices; none if there is no such body.
    pub fn values(&self, id: DataId) -> impl Iterator<Item = (usize, Cell)> {
        let slot = self.machine.memory.slot(id);
        let body = slot.map(|slot| &self.data[slot.index()]).into_iter();
        body.flat_map(CompressedBody::words)
            .map(|(index, word)| (index, Cell::from_bits(word)))
            .filter(|&(_, value)| value != Cell::ZERO)
    }

    /// What the instructions had cost beyond one unit each: see [`Machine::extra_effort`].
    pub fn extra_effort(&self) -> u64 {
        self.machine.extra_effort()
    }

    /// How many instructions the machine had executed.
    pub fn retired(&self) -> u64 {
        self.machine.retired
    }

    /// About how many bytes it takes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decompressed(words: &[u64]) -> (Vec<u64>, Chunk) {
        let chunk = Chunk::compress(words);
        let mut back = vec![0; words.len()];
        chunk.decompress(&mut back);
        (back, chunk)
    }

    /// Words that share some upper bits, and perhaps their tag.
    fn words() -> impl Strategy<Value = Vec<u64>> {
        (any::<u64>(), 0..64u32, any::<bool>()).prop_flat_map(|(base, bits, tagged)| {
            let low = move |word: u64| {
                let step = word.checked_shr(64 - bits).unwrap_or(0);
                base.wrapping_add(if tagged { step << 3 } else { step })
            };
            prop::collection::vec(any::<u64>().prop_map(low), 1..CHUNK)
        })
    }

    proptest! {
        #[test]
        fn any_words_come_back(words in words()) {
            prop_assert_eq!(decompressed(&words).0, words);
        }
    }

    #[test]
    fn small_numbers_take_little() {
        let integers = |range: std::ops::Range<i64>| -> Vec<u64> {
            range.map(|value| (value << 3) as u64).collect()
        };
        let bytes = |words: &[u64]| {
            let (back, chunk) = decompressed(words);
            assert_eq!(back, words);
            chunk.bytes() - size_of::<Chunk>()
        };
        assert_eq!(bytes(&[0; 1000]), 0);
        assert_eq!(bytes(&[88; 1000]), 0);
        assert_eq!(bytes(&integers(-100..100)), 200);
        assert_eq!(bytes(&integers(-128..128)), 256);
        assert_eq!(bytes(&integers(-128..129)), 2 * 257);
        assert_eq!(bytes(&[0, 0xffff << 3]), 2 * 2);
        assert_eq!(bytes(&[0, 0x1_0000 << 3]), 4 * 2);
        assert_eq!(bytes(&[0, 0xffff_ffff << 3]), 4 * 2);
        assert_eq!(bytes(&[0, 0x1_0000_0000 << 3]), 8 * 2);
        // If the tags differ, their three bits count too.
        assert_eq!(bytes(&[0, 31 << 3 | 1]), 2);
        assert_eq!(bytes(&[0, 32 << 3 | 1]), 2 * 2);
        assert_eq!(bytes(&[i64::MIN as u64, i64::MAX as u64]), 8 * 2);
    }
}
