// Keeps a table of SQLite equal to the newest version of every article. Settings: see README.md.
package main

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	_ "modernc.org/sqlite"
)

const table = `CREATE TABLE IF NOT EXISTS articles (id TEXT PRIMARY KEY, version INTEGER, status TEXT, url TEXT,
	headline TEXT, published TEXT, language TEXT, body TEXT)`
const upsert = `INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
	version = excluded.version, status = excluded.status, url = excluded.url, headline = excluded.headline,
	published = excluded.published, language = excluded.language, body = excluded.body WHERE excluded.version >= version`

func store(tx *sql.Tx, record *kgo.Record) {
	var a map[string]any
	if record.Attrs.IsControl() { // the end of a transaction, which only moves the offset
	} else if record.Value == nil { // taken down
		must(tx.Exec("DELETE FROM articles WHERE id = ?", string(record.Key)))
	} else {
		must(0, json.Unmarshal(record.Value, &a))
		must(tx.Exec(upsert, a["articleId"], a["version"], a["pubStatus"], a["url"],
			a["headline"], a["datePublished"], a["inLanguage"], a["articleBody"]))
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	group, topic := cmp.Or(os.Getenv("GROUP"), "subscriber-go"), cmp.Or(os.Getenv("TOPIC"), "news.article.tagged")
	client := must(kgo.NewClient(kgo.SeedBrokers(cmp.Or(os.Getenv("BOOTSTRAP"), "127.0.0.1:9092")),
		kgo.ConsumerGroup(group), kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.DisableAutoCommit(), kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.KeepControlRecords()))
	defer client.Close()
	database := must(sql.Open("sqlite", cmp.Or(os.Getenv("DATABASE"), "articles.db")))
	must(database.Exec(table))
	for ctx.Err() == nil && (os.Getenv("UNTIL_END") == "" || !isAtEnd(client, group)) {
		poll, cancel := context.WithTimeout(ctx, time.Second)
		fetches := client.PollFetches(poll)
		cancel()
		tx := must(database.Begin())
		fetches.EachRecord(func(record *kgo.Record) { store(tx, record) })
		must(0, tx.Commit()) // before the offsets: what they do not cover comes again, and does no harm
		must(0, client.CommitUncommittedOffsets(context.Background()))
	}
}

func isAtEnd(client *kgo.Client, group string) bool {
	lag := must(kadm.NewClient(client).Lag(context.Background(), group))[group]
	return lag.State == "Stable" && lag.Lag.Total() == 0
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}
