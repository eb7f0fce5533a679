//! Keys that mean the value whose row has the keyboard focus, not the selected cell: Delete removes it, Alt and the
//! arrows move it on the stack, and where it came from is asked of it.

use egui::{Context, Id, Response};

use crate::desk::action::{Action, ValuePlace};

/// The id of the row of a value.
pub fn row_id(place: &ValuePlace) -> Id {
    Id::unique(("value", place))
}

/// Remembers whose row this is, if it has the keyboard focus.
pub fn note(response: &Response, place: &ValuePlace) {
    if response.has_focus() {
        response.ctx.data_mut(|data| data.insert_temp(noted(), place.clone()));
    }
}

/// Gives the row of a value of the stack the keyboard focus.
pub fn focus(ctx: &Context, from_top: usize) {
    ctx.memory_mut(|memory| memory.request_focus(row_id(&ValuePlace::Stack(from_top))));
}

/// Lets an action mean the focused value, if one has the focus.
pub fn redirect(ctx: &Context, action: &mut Action) {
    let place: Option<ValuePlace> = ctx.data(|data| data.get_temp(noted()));
    let focused = ctx.memory(|memory| memory.focused());
    let Some(place) = place.filter(|place| focused == Some(row_id(place))) else { return };
    if *action == Action::WhereFrom {
        *action = Action::WhereFromValue(place);
        return;
    }
    let uses = [Action::PreviousUse, Action::NextUse];
    if *action == Action::DeleteCell {
        *action = match place {
            ValuePlace::Stack(from_top) => Action::RemoveValue(from_top),
            ValuePlace::Local(..) | ValuePlace::Global(_) | ValuePlace::New => {
                Action::SetValue(place, String::new())
            }
        };
    } else if let (true, ValuePlace::Stack(from_top)) = (uses.contains(action), place) {
        *action = Action::MoveValue { from_top, up: *action == Action::PreviousUse };
    }
}

fn noted() -> Id {
    Id::unique("focused value")
}
