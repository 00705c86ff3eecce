import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Keeps a table of SQLite equal to the newest version of every article. Settings: see README.md. */
public class Subscriber {
    static final String TABLE = "CREATE TABLE IF NOT EXISTS articles (id TEXT PRIMARY KEY, version INTEGER, status TEXT,"
        + " url TEXT, headline TEXT, published TEXT, language TEXT, body TEXT)";
    static final String UPSERT = "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
        + " version = excluded.version, status = excluded.status, url = excluded.url, headline = excluded.headline,"
        + " published = excluded.published, language = excluded.language, body = excluded.body"
        + " WHERE excluded.version >= version";
    static final List<String> FIELDS = List.of(
        "articleId", "version", "pubStatus", "url", "headline", "datePublished", "inLanguage", "articleBody");
    static volatile boolean running = true;

    public static void main(String[] args) throws Exception {
        var main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> { // Ctrl-C
            running = false;
            try { main.join(10_000); } catch (InterruptedException ignored) { }
        }));
        var settings = Map.<String, Object>of(
            "bootstrap.servers", env("BOOTSTRAP", "127.0.0.1:9092"), "group.id", env("GROUP", "subscriber-java"),
            "isolation.level", "read_committed", "auto.offset.reset", "earliest", "enable.auto.commit", false);
        var text = new StringDeserializer();
        try (var consumer = new KafkaConsumer<String, String>(settings, text, text);
             var database = DriverManager.getConnection("jdbc:sqlite:" + env("DATABASE", "articles.db"))) {
            database.createStatement().execute(TABLE);
            database.setAutoCommit(false);
            consumer.subscribe(List.of(env("TOPIC", "news.article.tagged")));
            while (running) {
                for (var record : consumer.poll(Duration.ofMillis(500))) store(database, record);
                database.commit();
                consumer.commitSync(); // after the write: what was not committed comes again, and does no harm
                if (!env("UNTIL_END", "").isEmpty() && isAtEnd(consumer)) return;
            }
        }
    }

    static void store(Connection database, ConsumerRecord<String, String> record) throws Exception {
        boolean isTakenDown = record.value() == null;
        try (var statement = database.prepareStatement(isTakenDown ? "DELETE FROM articles WHERE id = ?" : UPSERT)) {
            if (isTakenDown) statement.setString(1, record.key());
            else {
                JsonNode article = new ObjectMapper().readTree(record.value());
                for (int i = 0; i < FIELDS.size(); i++) statement.setString(i + 1, article.path(FIELDS.get(i)).asText(null));
            }
            statement.execute();
        }
    }

    static boolean isAtEnd(KafkaConsumer<String, String> consumer) {
        var ends = consumer.endOffsets(consumer.assignment());
        return !ends.isEmpty() && ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    static String env(String name, String otherwise) { return System.getenv().getOrDefault(name, otherwise); }
}
