//! `serve`: the files of a folder, and nothing beside it.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::symlink;

use crate::manager::{Manager, PATIENCE, free_port};

/// The answer to a request, whole.
fn ask(port: u16, line: &str) -> String {
    ask_with(port, line, "")
}

fn ask_with(port: u16, line: &str, fields: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let text = format!("{line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{fields}\r\n");
    stream.write_all(text.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

fn status(answer: &str) -> &str {
    answer.get(9..12).unwrap_or(answer)
}

fn folder(manager: &Manager) -> String {
    fs::create_dir_all(manager.folder.join("site/sub")).unwrap();
    manager.file("site/index.html", "<h1>home</h1>");
    manager.file("site/sub/index.html", "sub page");
    manager.file("site/style.css", "a {}");
    manager.file("site/.env", "SECRET=1");
    manager.file("outside.txt", "secret");
    symlink("../outside.txt", manager.folder.join("site/link.txt")).unwrap();
    symlink("style.css", manager.folder.join("site/alias.css")).unwrap();
    manager.folder.join("site").to_str().unwrap().to_owned()
}

fn wait(manager: &Manager, port: u16) {
    manager.until("it listens", |_| {
        TcpStream::connect(("127.0.0.1", port)).is_ok()
    });
}

#[test]
fn a_folder_is_served_and_nothing_beside_it() {
    let manager = Manager::new("serve");
    let site = folder(&manager);
    let port = free_port();
    manager.ok(&["serve", &site, &port.to_string(), "--host", "127.0.0.1"]);
    wait(&manager, port);
    assert_eq!(
        manager.rows()[0]["name"],
        format!("static-page-server-{port}")
    );
    let home = ask(port, "GET /");
    assert!(
        home.ends_with("<h1>home</h1>") && home.to_lowercase().contains("content-type: text/html"),
        "{home}"
    );
    let css = ask(port, "GET /style.css?v=1");
    assert!(
        css.ends_with("a {}") && css.to_lowercase().contains("text/css"),
        "{css}"
    );
    assert!(ask(port, "GET /alias.css").ends_with("a {}"));
    assert!(ask(port, "GET /sub/").ends_with("sub page"));
    let moved = ask(port, "GET //sub?x");
    assert!(
        status(&moved) == "301" && moved.to_lowercase().contains("location: /sub/?x\r\n"),
        "{moved}"
    );
    for hidden in [
        "/link.txt",
        "/.env",
        "/../outside.txt",
        "/%2e%2e/outside.txt",
        "/..%2foutside.txt",
        "/sub/..%2f..%2foutside.txt",
        "/sub/%2e%2e%5c..%5coutside.txt",
        "/%00",
        "/%",
        "/none.html",
    ] {
        let answer = ask(port, &format!("GET {hidden}"));
        assert_eq!(status(&answer), "404", "{hidden}: {answer}");
        assert!(
            !answer.contains("secret") && !answer.contains("SECRET"),
            "{hidden}"
        );
    }
    assert_eq!(status(&ask(port, "DELETE /style.css")), "405");
    let head = ask(port, "HEAD /style.css");
    assert!(
        status(&head) == "200" && head.ends_with("\r\n\r\n"),
        "{head}"
    );
    let lower = css.to_lowercase();
    let tag = lower
        .lines()
        .find_map(|line| line.strip_prefix("etag: "))
        .unwrap();
    let field = format!("If-None-Match: {}\r\n", tag.replace("w/", "W/"));
    let again = ask_with(port, "GET /style.css", &field);
    assert_eq!(status(&again), "304", "{again}");
    for word in ["1", "2", "3"] {
        assert!(!manager.fails(&["serve", &site, word, "extra"]).is_empty());
    }
    assert!(manager.fails(&["serve", "/no/such"]).contains("/no/such"));
    assert!(manager.fails(&["serve", &site, "99999"]).contains("port"));
}

#[test]
fn an_app_with_a_password_and_an_ecosystem_file_of_pm2() {
    let manager = Manager::new("serve-spa");
    let site = folder(&manager);
    let port = free_port();
    let words = [
        "--spa",
        "--name",
        "page",
        "--host",
        "127.0.0.1",
        "--basic-auth-username",
        "me",
    ];
    let number = port.to_string();
    let line = [["serve", &site, &number].as_slice(), &words].concat();
    assert!(manager.fails(&line).contains("belong together"));
    manager.ok(&[&line[..], &["--basic-auth-password", "pass:word"]].concat());
    wait(&manager, port);
    let refused = ask(port, "GET /");
    assert!(
        status(&refused) == "401" && refused.to_lowercase().contains("www-authenticate: basic"),
        "{refused}"
    );
    let with = |path: &str, secret: &str| {
        let field = format!("Authorization: Basic {secret}\r\n");
        ask_with(port, &format!("GET {path}"), &field)
    };
    assert_eq!(status(&with("/", "bWU6d3Jvbmc=")), "401");
    // `me:pass:word`.
    assert!(with("/some/route", "bWU6cGFzczp3b3Jk").ends_with("<h1>home</h1>"));
    let shown = manager.ok(&["describe", "page", "--json"]);
    assert!(!shown.contains("pass:word"), "{shown}");
    manager.ok(&["delete", "all"]);
    let other = free_port();
    let file = manager.file(
        "ecosystem.json",
        &format!(r#"{{"apps": [{{"script": "serve", "env": {{"PM2_SERVE_PATH": "site", "PM2_SERVE_PORT": {other}, "PM2_SERVE_HOST": "127.0.0.1", "PM2_SERVE_HOMEPAGE": "/sub/index.html"}}}}]}}"#),
    );
    manager.ok(&["start", &file]);
    wait(&manager, other);
    assert!(ask(other, "GET /").ends_with("sub page"));
}
