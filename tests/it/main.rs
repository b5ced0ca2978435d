mod lang;

fn main() {}
