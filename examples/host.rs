//! A host whose answers take their time: the program asks for a page, a thread fetches it, and the machine waits
//! without a thread of its own. Then the recording is played without the host.
//!
//! Run it with `cargo run --example host --no-default-features`.

use std::error::Error;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::thread;
use std::time::Duration;

use midflight::Session;
use midflight::session::driver::Driver;
use midflight::session::load::image_of_program;
use midflight::session::recording::{self, Recording};
use midflight::session::request::Request;
use midflight::session::services::Services;

const PROGRAM: &str = r#"
    [ assign: address
      address http.get str_len assign: length
      address " has " str_join length int_to_str str_join " bytes" str_join print_line
    ] bind: measure
    "http://one.example" measure
    "http://two.example/page" measure
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let web = Services::new().with("http.get", 1, 1, |asked| async move {
        let page = fetch(asked.text(0)?.to_owned()).await;
        Ok(vec![page.into()])
    });
    let mut driver = Driver::new(Session::new(image_of_program(PROGRAM)?), web);
    let driven = driver.wait();
    let session = driver.into_session();
    print!("{}", session.machine().output());
    println!("{driven:?}, {} gestures", session.journal().entries().len());

    // The answers are in the journal.
    let text = recording::write(session.journal(), session.position());
    let (journal, end) = Recording::read(&text)?.journal()?;
    let mut played = Session::of_recording(journal, end);
    played.perform(Request::goto(end))?;
    assert_eq!(played.image(), session.image());
    println!("played without the host: the same image");
    Ok(())
}

/// Fetches a page, in a thread that stands for a slow network.
async fn fetch(address: String) -> String {
    type Page = (Option<String>, Option<Waker>);
    let page: Arc<Mutex<Page>> = Arc::default();
    let theirs = Arc::clone(&page);
    thread::spawn(move || {
        thread::sleep(Duration::from_millis(100));
        let mut page = theirs.lock().expect("nobody panics with the page");
        page.0 = Some(format!("<title>{address}</title>"));
        page.1.take().inspect(Waker::wake_by_ref);
    });
    std::future::poll_fn(move |context| {
        let mut page = page.lock().expect("nobody panics with the page");
        page.1 = Some(context.waker().clone());
        page.0.take().map_or(Poll::Pending, Poll::Ready)
    })
    .await
}
