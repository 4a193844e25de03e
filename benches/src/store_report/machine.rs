//! What a figure was measured on.

use std::fs;

use prodops::core::clock::{Clock, SystemClock};

use super::Failure;
use super::cluster::Cluster;

/// Date, processor, memory, kernel and server, in one paragraph.
pub(super) async fn described(cluster: &Cluster) -> Result<String, Failure> {
    let cpu = field("/proc/cpuinfo", "model name").unwrap_or_else(|| "an unknown processor".to_owned());
    let cores = std::thread::available_parallelism()?;
    let memory = field("/proc/meminfo", "MemTotal").unwrap_or_default();
    let memory = memory.split(' ').next().and_then(|kib| kib.parse::<u64>().ok()).unwrap_or_default() >> 20;
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default();
    let date = SystemClock.now().to_string();
    let date = date.split('T').next().unwrap_or_default();
    Ok(format!(
        "{date}; {cores} × {cpu}, {memory} GiB, Linux {}; {}; load average before it began: {load}.",
        kernel.trim(),
        cluster.version().await?
    ))
}

fn field(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
