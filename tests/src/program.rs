//! The program that users start, as a process of its own.

use crate::api::Api;
use crate::patience::patiently;
use crate::world::World;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// A running `freshtrack`. Dropping it kills it.
#[derive(Debug)]
pub struct Program {
    /// Its HTTP side.
    pub api: Api,
    /// Its broker.
    pub broker: SocketAddr,
    process: Child,
    /// What it goes on to say. It would end if nobody listened.
    _said: Lines<BufReader<ChildStdout>>,
}

impl Program {
    /// Starts `executable` with `options` on free ports, with its data in `folder`, and waits until it says where it
    /// listens.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(executable: &str, folder: &Path, options: &[&str]) -> Self {
        // It serves the template of the folder it is started in. Beside a copy there is no dashboard to be built first.
        std::fs::create_dir_all(folder).unwrap();
        std::fs::copy(World::root().join("template.yaml"), folder.join("template.yaml")).unwrap();
        let mut process = Command::new(executable)
            .args(["--port", "0", "--mqtt-port", "0", "--no-simulator", "--data"])
            .arg(folder.join("data"))
            .args(options)
            .current_dir(folder)
            .env("RUST_LOG", "error")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut address_behind = async |label: &str, scheme: &str| {
            patiently("the program's greeting", async {
                loop {
                    let line = lines.next_line().await.unwrap();
                    let line = line.expect("the program says where it listens before it ends");
                    let Some(rest) = line.trim_start().strip_prefix(label) else {
                        continue;
                    };
                    let url = rest.trim().strip_prefix(scheme).unwrap();
                    return url.split('/').next().unwrap().parse().unwrap();
                }
            })
            .await
        };
        let api = Api {
            address: address_behind("API ", "http://").await,
        };
        let broker = address_behind("MQTT ", "mqtt://").await;
        Self {
            api,
            broker,
            process,
            _said: lines,
        }
    }

    /// Kills it without any warning, as the kernel or a power cut would.
    ///
    /// # Panics
    /// When it has ended by itself.
    pub async fn kill(mut self) {
        assert_eq!(
            self.process.try_wait().unwrap(),
            None,
            "the program ended by itself"
        );
        self.process.kill().await.unwrap();
    }
}
