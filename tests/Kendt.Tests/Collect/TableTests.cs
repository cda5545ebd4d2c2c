using System.Globalization;
using Kendt.Collect;
using Kendt.Model;
using Kendt.Store;
using Microsoft.Data.Sqlite;
using Npgsql;
using static Kendt.Tests.Collect.Calls;

namespace Kendt.Tests.Collect;

/// <summary>Tables of other databases: each test reads SQLite into the embedded stores, PostgreSQL into PostgreSQL.</summary>
public sealed class TableTests
{
    private const string Customers = """
        kind: KIND
        table: customer
        cursor: changed
        mapping: |
          source: crm
          rows: records
          key: no
          columns: { no: { identifier: customer_no }, name: { trait: name }, points: { trait: points, type: number } }
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private sealed class Other(On on, string connection) : IAsyncDisposable
    {
        public string Connection => connection;

        public static async Task<Other> OpenAsync(On on)
        {
            if (on == On.Embedded) return new(on, Path.Combine(Directory.CreateTempSubdirectory("kendt-other-").FullName, "other.db"));
            var database = "kendt_" + Guid.CreateVersion7().ToString("N");
            await AdminAsync($"create database {database}");
            return new(on, new NpgsqlConnectionStringBuilder(TestStores.Postgres) { Database = database, Pooling = false }.ToString());
        }

        public string File(string yaml) => yaml.Replace("KIND", on == On.Embedded ? "sqlite" : "postgres", StringComparison.Ordinal);

        public async Task RunAsync(string text)
        {
            await using System.Data.Common.DbConnection opened = on == On.Embedded ? new SqliteConnection($"Data Source={connection};Pooling=false") : new NpgsqlConnection(connection);
            await opened.OpenAsync(Cancel);
            await using var command = opened.CreateCommand();
            command.CommandText = text;
            await command.ExecuteNonQueryAsync(Cancel);
        }

        public async ValueTask DisposeAsync()
        {
            if (on == On.Embedded) Directory.Delete(Path.GetDirectoryName(connection)!, recursive: true);
            else await AdminAsync($"drop database {new NpgsqlConnectionStringBuilder(connection).Database} with (force)");
        }

        private static async Task AdminAsync(string text)
        {
            await using var source = NpgsqlDataSource.Create(TestStores.Postgres!);
            await using var command = source.CreateCommand(text);
            await command.ExecuteNonQueryAsync();
        }
    }

    private static string Values(IEnumerable<(int No, string Name, string Changed)> rows) =>
        "insert into customer (no, name, points, changed) values " + string.Join(", ", rows.Select(r => string.Create(CultureInfo.InvariantCulture, $"({r.No}, '{r.Name}', {r.No}.5, {(r.Changed.Length == 0 ? "null" : $"'{r.Changed}'")})")));

    private static string Create(On on) => on == On.Embedded ? "create table customer (no integer, name text, points real, changed text)" : "create table customer (no integer, name text, points numeric, changed timestamptz)";

    private static async Task<List<string>> KeysAsync(Desk desk) => [.. (await desk.RecordsAsync()).Select(r => r.Key)];

    [Theory, Engines]
    public async Task What_is_new_comes_once_and_rows_that_share_a_value_of_the_cursor_are_not_lost(On on)
    {
        await using var desk = await Desk.OpenAsync(on);
        await using var other = await Other.OpenAsync(on);
        await other.RunAsync(Create(on));
        await other.RunAsync(Values([(1, "a", "2026-01-01 10:00:00"), (2, "b", "2026-01-01 11:00:00"), (3, "c", "2026-01-01 11:00:00"), (4, "d", "2026-01-01 11:00:00"), (5, "e", "2026-01-01 12:00:00"), (6, "f", "")]));
        await desk.Tables.PutAsync(other.File(Customers), other.Connection, Cancel);

        // Stretches of two rows: one ends only where the cursor changes.
        Assert.Equal(6, await desk.Sync.RunAsync("crm", false, 2, null, Cancel));
        Assert.Equal(["1", "2", "3", "4", "5", "6"], (await KeysAsync(desk)).Order());
        Assert.StartsWith("""{"no":"1","name":"a","points":"1.5","changed":"2026-01-01""", (await desk.RecordsAsync()).Single(r => r.Key == "1").Body, StringComparison.Ordinal);

        // Committed late, with the value that was read last; and one that changed.
        await other.RunAsync(Values([(7, "g", "2026-01-01 12:00:00")]));
        await other.RunAsync("update customer set name = 'A', changed = '2026-01-02 00:00:00' where no = 1");
        Assert.Equal(3, await desk.Sync.RunAsync("crm", false, 2, null, Cancel));
        Assert.Equal(["1", "1", "2", "3", "4", "5", "6", "7"], (await KeysAsync(desk)).Order());

        // Nothing new: nothing comes, not even an import that says so.
        var imports = (await desk.Imports.ListAsync(50, Cancel)).Count;
        await desk.Sync.RunAsync("crm", false, 2, null, Cancel);
        await desk.Sync.RunAsync("crm", false, 2, null, Cancel);
        Assert.Equal((8, 0), ((await desk.RecordsAsync()).Count, (await desk.Imports.ListAsync(50, Cancel)).Count - imports));
        var state = (await desk.Tables.FindAsync("crm", Cancel))!;
        Assert.StartsWith("2026-01-02 00:00:00", state.Position, StringComparison.Ordinal);
        Assert.Equal((null, Noon), (state.Error, state.EndedAt));

        // Late by an hour: only a look-back, or a full refresh, finds it.
        await other.RunAsync(Values([(8, "h", "2026-01-01 23:30:00")]));
        await desk.Sync.RunAsync("crm", false, 2, null, Cancel);
        Assert.DoesNotContain("8", await KeysAsync(desk));
        await desk.Tables.PutAsync(other.File(Customers) + "\nlookback: 3600\n", null, Cancel);
        await desk.Sync.RunAsync("crm", false, 2, null, Cancel);
        Assert.Contains("8", await KeysAsync(desk));
        Assert.Equal(8, await desk.Sync.RunAsync("crm", true, 100, null, Cancel));
        Assert.Equal(9, (await desk.RecordsAsync()).Count);
    }

    [Theory, Engines]
    public async Task A_sync_that_was_killed_goes_on_and_doubles_nothing(On on)
    {
        await using var desk = await Desk.OpenAsync(on);
        await using var other = await Other.OpenAsync(on);
        await other.RunAsync(Create(on));
        await other.RunAsync(Values(Enumerable.Range(1, 40).Select(n => (n, "x", $"2026-01-{1 + n / 4:00} 00:00:00"))));
        await desk.Tables.PutAsync(other.File(Customers), other.Connection, Cancel);
        // Cut off at each place that something can be cut off at, one after another.
        for (var cut = 1; cut < 12; cut++)
        {
            using var stop = new CancellationTokenSource();
            try
            {
                await desk.Sync.RunAsync("crm", false, 8, new Cutter(stop, cut), stop.Token);
            }
            catch (OperationCanceledException)
            {
                continue;
            }
        }
        await desk.Sync.RunAsync("crm", false, 8, null, Cancel);
        Assert.Equal(Enumerable.Range(1, 40), (await KeysAsync(desk)).Select(k => int.Parse(k, CultureInfo.InvariantCulture)).Order());
    }

    private sealed class Cutter(CancellationTokenSource stop, int at) : IProgress<ImportProgress>
    {
        private int _seen;

        public void Report(ImportProgress value)
        {
            if (++_seen == at) stop.Cancel();
        }
    }

    [Theory, Engines]
    public async Task Queries_become_events_and_numbers_may_be_cursors(On on)
    {
        await using var desk = await Desk.OpenAsync(on);
        await using var other = await Other.OpenAsync(on);
        await other.RunAsync("create table visit (id integer, who text, \"At\" text)");
        await other.RunAsync("insert into visit values (1, 'u1', '2026-01-01'), (2, 'u2', 'never'), (3, 'u3', '2026-01-01')");
        await desk.Tables.PutAsync(other.File("kind: KIND\nquery: select id, who, \"At\" as at from visit where id < 100;\ncursor: id\nlookback: 1\nmapping: |\n  source: visits\n  rows: events\n  event: Visit\n  key: id\n  time: at\n  columns: { who: { identifier: user_id } }\n"), other.Connection, Cancel);
        await desk.Sync.RunAsync("visits", false, 100, null, Cancel);
        Assert.Equal(["u1", "u3"], (await desk.HappeningsAsync()).Select(h => h.UserId));
        var letter = Assert.Single(await desk.Letters.ListAsync("visits", null, 0, 10, Cancel));
        await desk.Letters.MendAsync(letter.Id, letter.Body.Replace("never", "2026-01-02", StringComparison.Ordinal), Cancel);
        Assert.Equal(1, (await desk.Replay.RunAsync(DeadLetterFilter.All, null, Cancel)).Taken);
        await other.RunAsync("insert into visit values (4, 'u4', '2026-01-01')");
        await desk.Sync.RunAsync("visits", false, 100, null, Cancel);
        Assert.Equal(["u1", "u2", "u3", "u4"], (await desk.HappeningsAsync()).Select(h => h.UserId).Order());
    }

    [Theory, Engines]
    public async Task What_cannot_be_read_is_told_and_kept_as_the_state(On on)
    {
        await using var desk = await Desk.OpenAsync(on);
        await using var other = await Other.OpenAsync(on);
        await other.RunAsync(Create(on));
        await other.RunAsync(Values([(1, "a", "2026-01-01")]));
        foreach (var (yaml, said) in new[]
        {
            (Customers.Replace("table: customer", "table: nobody", StringComparison.Ordinal), "refused"),
            (Customers.Replace("cursor: changed", "cursor: nothing", StringComparison.Ordinal), "refused"),
            (Customers.Replace("name: {", "title: {", StringComparison.Ordinal), "lacks the column 'title'"),
            (Customers.Replace("table: customer", "query: select * from customer where no / 0 > 1 or no = cast(name as integer) / 0", StringComparison.Ordinal), on == On.Postgres ? "refused" : ""),
        })
        {
            await desk.Tables.PutAsync(other.File(yaml), other.Connection, Cancel);
            if (said.Length == 0) continue;
            Assert.Contains(said, (await Assert.ThrowsAsync<BadInputException>(() => desk.Sync.RunAsync("crm", false, 100, null, Cancel))).Message, StringComparison.Ordinal);
            Assert.Contains(said, (await desk.Tables.FindAsync("crm", Cancel))!.Error, StringComparison.Ordinal);
        }
        Assert.DoesNotContain(other.Connection[..8], await desk.Stores.Ledger.ReadAsync(s => s.FirstAsync(Sql.Of($"select connection from table_source"), r => r.Text(0), Cancel), Cancel), StringComparison.Ordinal);
        await desk.Tables.PutAsync(other.File(Customers), on == On.Postgres ? "Host=127.0.0.1;Port=1;Username=x;Database=x;Timeout=2" : "/nowhere.db", Cancel);
        Assert.IsNotType<NpgsqlException>(await Assert.ThrowsAnyAsync<Exception>(() => desk.Sync.RunAsync("crm", false, 100, null, Cancel)));
        Assert.NotNull((await desk.Tables.FindAsync("crm", Cancel))!.Error);
    }

    [Theory, Engines]
    public async Task Nothing_can_be_changed_in_the_other_database(On on)
    {
        await using var other = await Other.OpenAsync(on);
        await other.RunAsync(Create(on));
        await other.RunAsync("create table log (x integer)");
        if (on == On.Postgres) await other.RunAsync("create function sneak() returns integer language sql as 'insert into log values (1) returning x'");
        var query = new ForeignQuery { Select = on == On.Postgres ? "select sneak() as a" : "select 1 as a" };
        await using var table = await ForeignTable.OpenAsync(on == On.Postgres ? ForeignKind.Postgres : ForeignKind.Sqlite, other.Connection, query, Cancel);
        if (on == On.Postgres) await Assert.ThrowsAsync<BadInputException>(async () => { await foreach (var row in table.ReadRestAsync(Cancel)) Assert.NotNull(row); });
        foreach (var text in new[] { "delete from log", "select 1; delete from log" })
            Assert.Throws<BadInputException>(() => TableSetup.Parse($"kind: sqlite\nquery: {text}\nmapping: 'x'\n"));
    }

    [Fact]
    public void Faults_of_a_table_file_are_told_with_their_place()
    {
        var fault = Assert.Throws<BadInputException>(() => TableSetup.Parse("kind: oracle\ntable: a\nquery: select 1\nlookback: soon\nevery: -1\nmapping: 'source: x'\n"));
        foreach (var said in new[] { "line 1, column 7: 'oracle' is none of postgres, sqlite", "say one of table and query", "goes with a cursor", "a number from 0 to", "rows is missing" }) Assert.Contains(said, fault.Message, StringComparison.Ordinal);
    }
}
