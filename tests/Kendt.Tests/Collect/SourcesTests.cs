using Kendt.Collect;
using Kendt.Model;
using Kendt.Store;
using static Kendt.Tests.Collect.Calls;

namespace Kendt.Tests.Collect;

public sealed class SourcesTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Engines]
    public async Task A_key_is_shown_once_and_finds_its_source_also_after_a_restart(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var sources = new Sources(test.Stores, Clock());
        var (source, key) = await sources.AddAsync("web-shop", SourceKind.Stream, Party.First, Cancel);
        var second = await sources.AddAsync("web-shop", SourceKind.Stream, Party.First, Cancel);
        Assert.NotEqual(key, second.WriteKey);
        await test.ReopenAsync();
        sources = new(test.Stores, Clock());
        foreach (var known in new[] { key, second.WriteKey, key })
            Assert.Equal(source, await sources.FindByKeyAsync(known, Cancel));
        Assert.Null(await sources.FindByKeyAsync("nobody", Cancel));
        Assert.Null(await sources.FindByKeyAsync(new string('x', 5000), Cancel));
        Assert.Null(await sources.FindByKeyAsync(null, Cancel));
        Assert.Equal([source], await sources.ListAsync(Cancel));
        var kept = await test.Stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"select key_hash, hint from write_key"), r => r.Text(0) + r.Text(1), Cancel), Cancel);
        Assert.DoesNotContain(kept, text => text.Contains(key, StringComparison.Ordinal));
    }

    [Theory, Engines]
    public async Task A_name_is_kebab_case_and_a_source_stays_what_it_is(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var sources = new Sources(test.Stores, Clock());
        foreach (var name in new[] { "", "Web", "web shop", "-web", "web-", "web--shop", "wæb", new string('a', 61) })
            await Assert.ThrowsAsync<BadInputException>(() => sources.AddAsync(name, SourceKind.Stream, Party.First, Cancel));
        await sources.AddAsync("web", SourceKind.Stream, Party.First, Cancel);
        await Assert.ThrowsAsync<BadInputException>(() => sources.AddAsync("web", SourceKind.File, Party.First, Cancel));
        await Assert.ThrowsAsync<BadInputException>(() => sources.EnsureAsync("web", SourceKind.Stream, Party.Third, Cancel));
        Assert.Equal(SourceKind.Stream, (await sources.EnsureAsync("web", SourceKind.File, null, Cancel)).Kind);
        var statistics = Assert.Single(await sources.StatisticsAsync(Cancel));
        Assert.Equal(new SourceStatistics("web", 0, 0, 0, null, null), statistics);
        await new DeadLetters(test.Stores).WriteAsync([DeadLetter.Of("web", "intake", "odd", "", Noon)], Cancel);
        Assert.Equal(new SourceStatistics("web", 0, 0, 1, Noon, Noon), Assert.Single(await sources.StatisticsAsync(Cancel)));
    }
}
