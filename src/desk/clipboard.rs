//! Copying and cutting what is selected, and pasting text of several lines into the entry line.
//!
//! Copied code can be pasted again: it is program text in the notation in which the user types. In the notation of
//! the cells that is the selected cells, in source the selected lines, because a piece of an expression is no
//! statement. What is cut are the selected cells in either notation, because these are deleted.

use std::ops::Range;

use super::Desk;
use super::action::Panes;
use super::effect::Effect;
use super::selection::Selection;
use crate::program::cell_text::Source;
use crate::program::listing::fragment_of;
use crate::program::notation::Notation;
use crate::program::scope::Scope;
use crate::program::span::Printed;
use crate::vm::index::{Body, BodyId};
use crate::vm::instruction::Fragment;
use crate::vm::machine::Machine;

impl Desk {
    /// The selected code as program text, or that at the counter.
    pub(super) fn copied(&self) -> Source {
        let selection = self.sight.selection.unwrap_or_else(|| Selection::cell(self.counter()));
        let shows_only_text = self.preferences.code.panes == Panes::Source;
        let in_source = shows_only_text || self.preferences.code.notation == Notation::Source;
        let lines = if in_source { self.copied_lines(selection) } else { None };
        lines.unwrap_or_else(|| {
            let (code, scope) = self.selected_code(selection);
            Notation::default().print_line(&code, &scope).into()
        })
    }

    /// The lines with the selected cells; none if they are not shown as text, or nothing is written there.
    fn copied_lines(&self, selection: Selection) -> Option<Source> {
        let (page, memory) = (self.source(), self.session().machine().memory());
        let (index, head) = page.find(memory, selection.head)?;
        let anchor = page.find(memory, selection.anchor)?.1;
        let (head, anchor) = (head?.line, anchor?.line);
        let text = page.functions()[index].text.as_ref().ok()?;
        let lines = text.lines_text(head.min(anchor)..head.max(anchor) + 1);
        (!lines.is_empty()).then(|| Printed { text: lines, ..Printed::default() }.into())
    }

    /// Selected cells, and what their names mean.
    fn selected_code(&self, selection: Selection) -> (Fragment, Scope<'_>) {
        let machine = self.session().machine();
        let cells = selection.offsets();
        match selection.head.body {
            BodyId::Code(body) => (code_in(machine, body, cells), Scope::of(machine, body)),
            BodyId::Data(body) => {
                // The selected data may not exist at an earlier position.
                let values = machine.memory().data(body).into_iter().flat_map(|data| data.cells());
                let values = values.skip(cells.start as usize).take(cells.len());
                let line = values.map(|value| machine.spell(value)).collect();
                (Fragment::line(line), Scope::outside(machine))
            }
        }
    }

    /// Copies the selected cells and deletes them.
    pub(super) fn cut(&mut self) {
        let Some(selection) = self.selected_cells() else { return };
        let (code, scope) = self.selected_code(selection);
        let copy = self.notation().print_line(&code, &scope).into();
        if self.delete() {
            self.emit(Effect::Copy(copy));
        }
    }

    /// Copies all output.
    pub(super) fn copy_output(&mut self) {
        let output = self.session().machine().output().to_owned();
        match output.is_empty() {
            true => self.notice.warn("Nothing was printed yet"),
            false => self.emit(Effect::Copy(Source::name(output))),
        }
    }

    /// Adds text of several lines to the entry line, as one line.
    pub(super) fn paste_lines(&mut self, text: &str) {
        match joined(text, self.notation()) {
            Some(line) => {
                let text = format!("{}{line}", self.entry.text);
                self.entry.typed(text);
            }
            None => self.notice.warn(
                "The entry line takes one line, and this text has blocks: paste it into a line of the \
                 text (`Alt+Enter` edits one), or save it to a file and open that",
            ),
        }
    }
}

/// Some cells of a body, with the blocks that they refer to.
pub(super) fn code_in(machine: &Machine, body: Body, cells: Range<u32>) -> Fragment {
    let mut code = fragment_of(machine, body);
    let line = &mut code.bodies[0];
    line.truncate(cells.end as usize);
    line.drain(..line.len().min(cells.start as usize));
    code
}

/// Several lines as one; none if they have blocks that only lines can show. Comments are dropped: they would swallow
/// the rest of the line.
fn joined(text: &str, notation: Notation) -> Option<String> {
    let code = |line: &str| line.split(" #").next().unwrap_or_default().trim_end().to_owned();
    let lines = text.lines().map(code);
    let lines: Vec<String> = lines
        .filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
        .collect();
    match notation {
        Notation::Forth => {
            let words: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
            Some(words.join(" "))
        }
        Notation::Source => {
            let indent = |line: &String| line.len() - line.trim_start().len();
            let first = lines.first().map_or(0, indent);
            let is_plain = |line: &String| indent(line) == first && !line.ends_with(':');
            let statements: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
            lines.iter().all(is_plain).then(|| statements.join("; "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_one_line_if_their_notation_has_one() {
        for (text, forth, source) in [
            ("1\n2 # two\n\n# three\n  +\n", "1 2 +", None),
            ("a = 1\nprint(a)\n", "a = 1 print(a)", Some("a = 1; print(a)")),
            ("  a = 1\n  print(a)", "a = 1 print(a)", Some("a = 1; print(a)")),
            ("if a:\n  print(a)", "if a: print(a)", None),
            ("", "", Some("")),
        ] {
            assert_eq!(joined(text, Notation::Forth).as_deref(), Some(forth), "{text}");
            assert_eq!(joined(text, Notation::Source).as_deref(), source, "{text}");
        }
    }
}
