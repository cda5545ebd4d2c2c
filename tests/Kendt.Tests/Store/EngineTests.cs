using Kendt.Model;
using Kendt.Store;

namespace Kendt.Tests.Store;

public sealed class EngineTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, 123, TimeSpan.Zero);

    [Theory, Engines]
    public async Task Values_of_every_kind_come_back_from_the_ledger(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var id = ProfileId.For(new("email", "a@example.com"), Noon);
        await test.Stores.Ledger.WriteAsync(s => s.ExecuteAsync(Sql.Of($"insert into profile (profile_id, kind, created_at, merged_into, merged_at) values ({id}, {"person"}, {Noon}, {null as Guid?}, {null as DateTimeOffset?})"), Cancel), Cancel);
        var back = await test.Stores.Ledger.ReadAsync(s => s.FirstAsync(Sql.Of($"select profile_id, kind, created_at, merged_into from profile where profile_id = {id}"), r => (r.ProfileId(0), r.Text(1), r.Time(2), r.ProfileIdOrNull(3)), Cancel), Cancel);
        Assert.Equal((id, "person", Noon, null), back);
    }

    [Theory, Engines]
    public async Task Bulk_load_and_read_only_query_of_the_warehouse(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var id = ProfileId.For(new("email", "a@example.com"), Noon);
        var rows = Enumerable.Range(1, 1000).Select(i => new object?[] { (long)i, "m" + i, "web", "track", "Order \"Completed\" æøå", "u", null, i % 2 == 0 ? id : null, Noon, Noon, "{\"total\": " + i + "}", "{}", null });
        await test.Stores.Warehouse.WriteAsync(s => s.LoadAsync("event_log", ["seq", "message_id", "source", "type", "name", "user_id", "anonymous_id", "written_profile_id", "ts", "received_at", "properties", "context", "named_by"], rows, Cancel), Cancel);
        IReadOnlyList<string> names = [];
        var table = await ReadOnlyQuery.RunAsync(test.Stores.Warehouse, "select count(*) as n, count(profile_id) as known, max(cast(properties as json) ->> 'total') as total from event where ts <= '2026-01-02 12:00:01+00';", c => names = c, Cancel).ToListAsync(Cancel);
        Assert.Equal(["n", "known", "total"], names);
        Assert.Equal([1000L, 500L, "999"], table.Single());
    }

    [Theory, Engines]
    public async Task A_failed_write_leaves_nothing(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        await Assert.ThrowsAsync<InvalidOperationException>(() => test.Stores.Warehouse.WriteAsync(async s =>
        {
            await Projection.WriteAsync(s, "events", 7, Cancel);
            throw new InvalidOperationException("stop");
        }, Cancel));
        Assert.Equal(0, await test.Stores.Warehouse.ReadAsync(s => Projection.ReadAsync(s, "events", Cancel), Cancel));
    }

    [Theory, Engines]
    public async Task A_workspace_of_a_newer_version_is_refused_in_plain_words(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        await test.Stores.Ledger.WriteAsync(s => s.ExecuteAsync(Sql.Of($"insert into schema_version (version, name, applied_at) values ({9999L}, {"future"}, {Noon})"), Cancel), Cancel);
        var fault = await Assert.ThrowsAsync<CannotException>(() => test.ReopenAsync());
        Assert.Contains("newer Kendt", fault.Message, StringComparison.Ordinal);
    }

    [Theory, InlineData("select * from read_text('{0}')"), InlineData("select * from '{0}'"), InlineData("select * from glob('{0}*')"), InlineData("select * from read_csv('{0}')")]
    public async Task A_query_reads_the_warehouse_and_no_file_beside_it(string query)
    {
        await using var test = await TestStores.OpenAsync(On.Embedded);
        var secret = Path.GetTempFileName();
        await File.WriteAllTextAsync(secret, "a,b\n1,2\n", Cancel);
        try
        {
            var fault = await Assert.ThrowsAsync<BadInputException>(async () =>
            {
                await foreach (var row in ReadOnlyQuery.RunAsync(test.Stores.Warehouse, string.Format(System.Globalization.CultureInfo.InvariantCulture, query, secret), _ => { }, Cancel)) Assert.Fail("It was read.");
            });
            Assert.Contains("The query was refused", fault.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(secret);
        }
    }

    [Fact]
    public async Task What_rests_is_there_again_for_the_next_who_asks()
    {
        await using var test = await TestStores.OpenAsync(On.Embedded);
        var warehouse = test.Stores.Warehouse;
        await warehouse.WriteAsync(s => s.ExecuteAsync(Sql.Of($"create table n (n bigint)"), Cancel), Cancel);
        var rests = Task.Run(async () => { for (var i = 0; i < 30; i++) await warehouse.RestAsync(Cancel); }, Cancel);
        for (var i = 0L; i < 100; i++) await warehouse.WriteAsync(s => s.ExecuteAsync(Sql.Of($"insert into n values ({i})"), Cancel), Cancel);
        await rests;
        Assert.Equal(100L, await warehouse.ReadAsync(s => s.FirstAsync(Sql.Of($"select count(*) from n"), r => r.Long(0), Cancel), Cancel));
    }

    [Theory]
    [InlineData("drop table event_log")]
    [InlineData("select 1; drop table event_log")]
    [InlineData("select 1) as q; drop table event_log; --")]
    [InlineData("")]
    public void What_is_not_one_query_is_refused(string text) => Assert.Throws<BadInputException>(() => ReadOnlyQuery.Single(text));

    [Theory]
    [InlineData("select ';' as a, \"x;\" -- ; comment\n from t;")]
    [InlineData("with a as (select $$;$$ as t) select * from a ;\n")]
    public void One_query_is_taken_whatever_its_texts_hold(string text) => Assert.False(ReadOnlyQuery.Single(text).EndsWith(';'));

    [Fact]
    public void Every_value_is_a_parameter()
    {
        var evil = "x'); drop table event; --";
        var (text, parameters) = Sql.Of($"select * from t where {Sql.And(Sql.Of($"name = {evil}"), Sql.Of($"n in {Sql.Rows([[1], [2]])}"))}").For(Dialect.DuckDb);
        Assert.Equal("select * from t where (name = $1) and (n in ($2), ($3))", text);
        Assert.Equal([evil, 1, 2], parameters);
        Assert.Throws<ArgumentException>(() => Sql.Name("a; drop"));
    }
}
