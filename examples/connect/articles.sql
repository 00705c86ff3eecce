CREATE TABLE articles (
    id text PRIMARY KEY,
    version integer NOT NULL,
    status text NOT NULL,
    url text NOT NULL,
    headline text NOT NULL,
    published text,
    language text,
    body text NOT NULL
);
