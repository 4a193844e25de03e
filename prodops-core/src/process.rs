//! What a program that source text or keys pass through does at its start.

use std::io;

/// Sees to it that this process leaves no core dump, whatever ends it: source text and keys in its memory would be in it.
///
/// A limit of zero keeps the kernel from writing a file. On Linux the process is made undumpable as well, since that limit
/// does not hold for a program that core dumps are piped to; it also keeps other processes of the same user from reading
/// its memory, debuggers included. On other systems than Unix nothing is done.
///
/// Call it before anything else, in `main`.
///
/// # Errors
/// When the system refuses; a program should not go on then.
#[cfg_attr(
    not(unix),
    allow(clippy::missing_const_for_fn, clippy::unnecessary_wraps, reason = "only Unix can fail")
)]
pub fn forbid_core_dumps() -> io::Result<()> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    }
    Ok(())
}

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};

    use super::*;

    #[test]
    fn neither_a_file_nor_a_pipe_gets_a_dump() {
        forbid_core_dumps().unwrap();
        assert_eq!(getrlimit(Resource::Core).current, Some(0));
        assert_eq!(getrlimit(Resource::Core).maximum, Some(0), "and nobody raises it again");
        assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
    }
}
