//! As much of a browser as a sign-in needs: cookies, redirects, forms.

use std::collections::BTreeMap;

use http::header::{COOKIE, HeaderValue, LOCATION, SET_COOKIE};
use oauth2::url::{Url, form_urlencoded};
use prodops::connectors::http::egress::{EgressClient, Request, Response};
use prodops::core::secret::Secret;

/// Where a request ended.
#[derive(Debug)]
pub(super) enum Page {
    /// A page of the provider.
    Shown(String),
    /// The provider sends the browser elsewhere.
    Left(String),
}

impl Page {
    /// Whether it has a field of this name.
    pub(super) fn asks_for(&self, field: &str) -> bool {
        matches!(self, Self::Shown(html) if html.contains(&format!("name=\"{field}\"")))
    }

    /// The first link whose target ends like this.
    pub(super) fn link(&self, end: &str) -> String {
        let Self::Shown(html) = self else { panic!("{self:?}") };
        let mut targets = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        targets.find(|target| target.ends_with(end)).expect(html).to_owned()
    }
}

/// A person's browser.
pub(super) struct Browser {
    client: EgressClient,
    cookies: BTreeMap<String, String>,
    submitted: usize,
}

impl Browser {
    pub(super) fn new(client: EgressClient) -> Self {
        Self { client, cookies: BTreeMap::new(), submitted: 0 }
    }

    /// How many forms were sent.
    pub(super) const fn submitted(&self) -> usize {
        self.submitted
    }

    pub(super) async fn open(&mut self, url: &str) -> Page {
        self.follow(url, Request::get(url)).await
    }

    /// Sends the page's form: its hidden fields and these.
    pub(super) async fn submit(&mut self, page: &Page, fields: &[(&str, &str)]) -> Page {
        let Page::Shown(html) = page else { panic!("{page:?}") };
        self.submitted += 1;
        let action = attribute(html, "action").expect(html);
        let hidden = html.split("<input").skip(1).filter(|input| input.contains("type=\"hidden\""));
        let hidden = hidden.filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?)));
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(hidden)
            .extend_pairs(fields)
            .finish();
        let body = Secret::new(body.into_bytes());
        self.follow(&action, Request::post(&action, "application/x-www-form-urlencoded", body)).await
    }

    async fn follow(&mut self, url: &str, first: Request) -> Page {
        let (mut url, mut request) = (Url::parse(url).unwrap(), first);
        let home = (url.host_str().map(str::to_owned), url.port());
        for _ in 0..10 {
            let response = self.client.send(self.with_cookies(request)).await.unwrap();
            self.keep_cookies(&response);
            let Some(location) = response.headers().get(LOCATION) else {
                return Page::Shown(
                    response.body().expose(|body| String::from_utf8_lossy(body).into_owned()),
                );
            };
            url = url.join(location.to_str().unwrap()).unwrap();
            if (url.host_str().map(str::to_owned), url.port()) != home {
                return Page::Left(url.into());
            }
            request = Request::get(url.as_str());
        }
        panic!("redirects without end");
    }

    fn with_cookies(&self, request: Request) -> Request {
        let all: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request.header(COOKIE, HeaderValue::from_str(&all.join("; ")).unwrap())
    }

    fn keep_cookies(&mut self, response: &Response) {
        for cookie in response.headers().get_all(SET_COOKIE) {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            match rest.split(';').next().unwrap_or_default() {
                "" => self.cookies.remove(name),
                value => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
    }
}

/// A parameter of a query, still escaped.
pub(super) fn parameter(query: &str, name: &str) -> Option<String> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
}

fn attribute(html: &str, name: &str) -> Option<String> {
    let rest = html.split_once(&format!("{name}=\""))?.1;
    Some(rest.split('"').next()?.replace("&amp;", "&"))
}
