//! The program as somebody at a terminal meets it.
#![allow(clippy::unwrap_used, reason = "a test that meets the unexpected should stop")]

use std::process::Command;

#[test]
fn a_folder_is_listed_with_its_classes_and_what_is_alike() {
    let folder = empty_folder();
    let block: String = (0..60).map(|n| format!("let value{n} = total + {n};\n")).collect();
    std::fs::write(folder.join("one.rs"), format!("fn a() {{\n{block}}}\n")).unwrap();
    std::fs::write(folder.join("two.rs"), format!("fn b() {{\n{}}}\n", block.replace("total", "sum")))
        .unwrap();
    std::fs::write(folder.join("README.md"), "# Title\n").unwrap();
    let done = Command::new(env!("CARGO_BIN_EXE_classify-offline")).arg(&folder).output().unwrap();
    let text = String::from_utf8(done.stdout).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(done.status.success());
    assert!(text.contains("docs\tMarkdown\t1\t0\tREADME.md\n"), "{text}");
    assert!(text.contains("code\tRust\t62\t"), "{text}");
    assert!(text.contains("alike\t1.00\tone.rs\ttwo.rs\n"), "{text}");
    assert_eq!(Command::new(env!("CARGO_BIN_EXE_classify-offline")).output().unwrap().status.code(), Some(2));
}

fn empty_folder() -> std::path::PathBuf {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("classify-offline");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
