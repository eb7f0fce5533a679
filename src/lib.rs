//! Midflight.

pub mod program;
<<<<<<< HEAD
pub mod store;
=======
pub mod session;
>>>>>>> 4e6351e (Commands, journal, goals and the session)
pub mod view;
pub mod vm;
