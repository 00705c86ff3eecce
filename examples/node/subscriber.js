// Keeps a table of SQLite equal to the newest version of every article. Settings: see README.md.
import Kafka from '@confluentinc/kafka-javascript'
import Database from 'better-sqlite3'

const { BOOTSTRAP = '127.0.0.1:9092', TOPIC = 'news.article.tagged', DATABASE = 'articles.db' } = process.env
const { GROUP = 'subscriber-node', UNTIL_END } = process.env

const database = new Database(DATABASE)
database.exec(`CREATE TABLE IF NOT EXISTS articles (id TEXT PRIMARY KEY, version INTEGER, status TEXT, url TEXT,
  headline TEXT, published TEXT, language TEXT, body TEXT)`)
const remove = database.prepare('DELETE FROM articles WHERE id = ?')
const upsert = database.prepare(`INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
  version = excluded.version, status = excluded.status, url = excluded.url, headline = excluded.headline,
  published = excluded.published, language = excluded.language, body = excluded.body
  WHERE excluded.version >= version`)

const store = database.transaction(records => {
  for (const { key, value } of records) {
    if (value === null) { // taken down
      remove.run(key.toString())
      continue
    }
    const a = JSON.parse(value.toString())
    upsert.run(a.articleId, a.version, a.pubStatus, a.url, a.headline, a.datePublished ?? null,
      a.inLanguage ?? null, a.articleBody)
  }
})

const consumer = new Kafka.KafkaConsumer({
  'bootstrap.servers': BOOTSTRAP,
  'group.id': GROUP,
  'isolation.level': 'read_committed',
  'enable.auto.commit': false,
  'enable.partition.eof': true
}, { 'auto.offset.reset': 'earliest' })

const ended = new Set()
let running = true
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => { running = false })

function next () {
  if (UNTIL_END && ended.size && ended.size === consumer.assignments().length) running = false
  if (!running) return consumer.disconnect(() => database.close())
  consumer.consume(500, (error, records) => {
    if (error) throw error
    store(records)
    if (records.length) consumer.commitSync() // after the write: what was not committed comes again, and does no harm
    setImmediate(next)
  })
}

consumer.on('partition.eof', ({ partition }) => ended.add(partition))
consumer.on('ready', () => { consumer.subscribe([TOPIC]); next() })
consumer.connect({}, error => { if (error) throw error })
