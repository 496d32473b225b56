//! The processes that run programs: CPython's, and this program's own.

use std::{
    env, io,
    io::{BufRead, BufReader, BufWriter, Write},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};

use crate::combination::Combination;

/// How long a process may be silent before it counts as hung.
const PATIENCE: Duration = Duration::from_mins(2);

/// The same for a single program, once the process has started: a thousand of them take a second.
const PATIENCE_WITH_ONE: Duration = Duration::from_secs(10);

/// What runs programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// CPython, with or without `__eq__`.
    Python { by_identity: bool },
    /// The crate.
    Crate(Combination),
}

/// A process that runs programs, started again where one kills it.
pub(crate) struct Engine {
    kind: Kind,
    /// Whether its panics and exceptions are hidden.
    is_quiet: bool,
    process: Option<Process>,
}

struct Process {
    child: Child,
    stdin: BufWriter<ChildStdin>,
    lines: Receiver<String>,
}

impl Engine {
    pub(crate) fn new(kind: Kind, is_quiet: bool) -> Self {
        Self { kind, is_quiet, process: None }
    }

    fn command(&self) -> io::Result<Command> {
        Ok(match self.kind {
            Kind::Python { by_identity } => {
                let mut command = Command::new("python3");
                let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("oracle.py");
                command.arg(script).arg(if by_identity { "identity" } else { "equality" });
                command
            }
            Kind::Crate(combination) => {
                let mut command = Command::new(env::current_exe()?);
                command.arg("--work").arg(combination.name());
                command
            }
        })
    }

    fn process(&mut self) -> io::Result<&mut Process> {
        if self.process.is_none() {
            let stderr = if self.is_quiet { Stdio::null() } else { Stdio::inherit() };
            let mut command = self.command()?;
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(stderr);
            let mut child = command.spawn()?;
            let stdin = BufWriter::new(child.stdin.take().expect("a pipe"));
            let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
            let (sender, lines) = mpsc::channel();
            // Reads all the time, so that neither side waits for the other with a full pipe.
            thread::spawn(move || {
                stdout.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
            });
            let mut process = Process { child, stdin, lines };
            // On a busy machine, the start takes longer than any program. If it dies, `receive`
            // says so.
            if writeln!(process.stdin, "cnt 0\n").is_ok() && process.stdin.flush().is_ok() {
                let _ = process.lines.recv_timeout(PATIENCE);
            }
            self.process = Some(process);
        }
        Ok(self.process.as_mut().expect("it has just been started"))
    }

    /// Sends programs. If the process dies, [`receive`](Self::receive) notices.
    pub(crate) fn send(&mut self, programs: &[String]) -> io::Result<()> {
        let Process { stdin, .. } = self.process()?;
        let mut write = || {
            programs.iter().try_for_each(|program| writeln!(stdin, "{program}"))?;
            // An empty line asks for what has been written so far.
            writeln!(stdin)?;
            stdin.flush()
        };
        match write() {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
            _ => Ok(()),
        }
    }

    /// Returns the traces of the programs that were sent. A program that kills the process, or
    /// hangs,
    /// has a trace that says so.
    pub(crate) fn receive(&mut self, programs: &[String]) -> io::Result<Vec<String>> {
        let mut traces = Vec::with_capacity(programs.len());
        let patience = if programs.len() == 1 { PATIENCE_WITH_ONE } else { PATIENCE };
        while traces.len() < programs.len() {
            let line = match &self.process {
                Some(process) => process.lines.recv_timeout(patience).ok(),
                None => None,
            };
            let Some(line) = line else { break };
            traces.push(line);
        }
        if traces.len() < programs.len() {
            let death = self.bury()?;
            if programs.len() == 1 {
                return Ok(vec![death]);
            }
            // What it had written last is lost with it: one after the other, to find which it was.
            for program in &programs[traces.len()..] {
                traces.extend(self.run(std::slice::from_ref(program))?);
            }
        }
        Ok(traces)
    }

    pub(crate) fn run(&mut self, programs: &[String]) -> io::Result<Vec<String>> {
        self.send(programs)?;
        self.receive(programs)
    }

    /// Ends the process and says how it died.
    fn bury(&mut self) -> io::Result<String> {
        let Some(mut process) = self.process.take() else {
            return Ok("died".to_owned());
        };
        let mut tries = 0;
        // Its pipe can close a little before it has ended.
        while process.child.try_wait()?.is_none() && tries < 20 {
            thread::sleep(Duration::from_millis(50));
            tries += 1;
        }
        if let Some(status) = process.child.try_wait()? {
            return Ok(format!("died: {status}"));
        }
        process.child.kill()?;
        process.child.wait()?;
        Ok("hung".to_owned())
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            drop(process.stdin);
            // It ends by itself with its input; if not, there is nobody to tell.
            let _ = process.child.wait();
        }
    }
}
