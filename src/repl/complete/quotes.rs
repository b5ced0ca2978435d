//! Texts in quotes: how one is read that is half typed, and how one is written to go on or to stand alone.

/// A kind of quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quotes {
    /// `'…'`, in which a quote is written twice.
    Single,
    /// `"…"` of a command, in which a backtick takes a character's meaning away.
    Double,
    /// `"…"` of Rhai, in which a backslash does.
    Code,
}

impl Quotes {
    /// Those that a text opens with.
    pub fn of(written: &str, code: bool) -> Option<Self> {
        match written.chars().next()? {
            '\'' => Some(Self::Single),
            '"' if code => Some(Self::Code),
            '"' => Some(Self::Double),
            _ => None,
        }
    }

    pub fn mark(self) -> char {
        match self {
            Self::Single => '\'',
            Self::Double | Self::Code => '"',
        }
    }

    fn escape(self) -> Option<char> {
        match self {
            Self::Single => None,
            Self::Double => Some('`'),
            Self::Code => Some('\\'),
        }
    }

    /// A text as it stands between the quotes.
    pub fn write(self, text: &str) -> String {
        let special: &[char] = match self {
            Self::Single => &[],
            Self::Double => &['"', '$', '`'],
            Self::Code => &['"', '\\'],
        };
        let mut written = String::with_capacity(text.len());
        for c in text.chars() {
            match self.escape() {
                Some(escape) if special.contains(&c) => written.push(escape),
                None if c == self.mark() => written.push(c),
                _ => {}
            }
            written.push(c);
        }
        written
    }
}

/// A half-typed text without its quotes.
pub struct Opened {
    pub text: String,
    /// For each byte of the text where it is written, and where the text ends.
    places: Vec<usize>,
}

impl Opened {
    /// Reads a text that opens with these quotes, or with none; there is none where they are closed already.
    pub fn read(written: &str, quotes: Option<Quotes>) -> Option<Self> {
        let (mut text, mut places) = (String::new(), Vec::new());
        let mark = quotes.map(Quotes::mark);
        let escape = quotes.and_then(Quotes::escape);
        let mut chars = written.char_indices().peekable();
        chars.next_if(|_| quotes.is_some());
        while let Some((at, c)) = chars.next() {
            let plain = if Some(c) == mark {
                // Two of them are one of the text.
                chars.next_if(|(_, next)| *next == c)?.1
            } else if Some(c) == escape {
                chars.next().map_or(c, |(_, next)| next)
            } else {
                c
            };
            text.push(plain);
            places.resize(text.len(), at);
        }
        places.push(written.len());
        Some(Self { text, places })
    }

    /// Where a byte of the text is written.
    pub fn place(&self, at: usize) -> usize {
        self.places.get(at).copied().unwrap_or_default()
    }
}
