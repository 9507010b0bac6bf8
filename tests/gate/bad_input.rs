//! What people and programs get wrong: each mistake is refused with a sentence that names its place, nothing on
//! disk is lost, and what was good stays in force.

mod arguments;
mod enrollments;
mod flaws;
mod policies;
