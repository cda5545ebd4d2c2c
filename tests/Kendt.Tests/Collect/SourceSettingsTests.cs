using CsCheck;
using Kendt.Collect;
using Kendt.Model;
using Microsoft.Extensions.Time.Testing;
using static Kendt.Tests.Collect.Calls;

namespace Kendt.Tests.Collect;

public sealed class SourceSettingsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Engines]
    public async Task A_change_holds_at_once_for_keys_that_are_known(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var sources = new Sources(test.Stores, Clock());
        var (_, old) = await sources.AddAsync("web", SourceKind.Stream, Party.First, Cancel);
        var (_, young) = await sources.AddKeyAsync("web", Cancel);
        foreach (var key in new[] { old, young }) Assert.NotNull(await sources.FindByKeyAsync(key, Cancel));

        var keys = await sources.KeysAsync("web", Cancel);
        var mine = keys.Single(k => k.Hint == "..." + old[^4..]);
        await sources.DisableKeyAsync("web", mine.Id, Cancel);
        Assert.Null(await sources.FindByKeyAsync(old, Cancel));
        Assert.NotNull(await sources.FindByKeyAsync(young, Cancel));
        Assert.Equal(1, (await sources.KeysAsync("web", Cancel)).Count(k => k.DisabledAt == Noon));

        await sources.SetLimitAsync("web", new(10, 20), Cancel);
        Assert.Equal(new RateLimit(10, 20), (await sources.FindByKeyAsync(young, Cancel))!.Limit);
        await sources.SetEnabledAsync("web", false, Cancel);
        Assert.Equal((false, new RateLimit(10, 20)), ((await sources.FindByKeyAsync(young, Cancel))!.Enabled, (await sources.FindAsync("web", Cancel))!.Limit));
        await sources.SetLimitAsync("web", null, Cancel);
        Assert.Null((await sources.FindByKeyAsync(young, Cancel))!.Limit);
    }

    [Theory, Engines]
    public async Task What_another_server_on_the_database_changed_holds_here_a_second_later(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var clock = Clock();
        var (here, there) = (new Sources(test.Stores, clock), new Sources(test.Stores, clock));
        var (_, key) = await here.AddAsync("web", SourceKind.Stream, Party.First, Cancel);
        Assert.True((await here.FindByKeyAsync(key, Cancel))!.Enabled);
        await there.SetEnabledAsync("web", false, Cancel);
        Assert.True((await here.FindByKeyAsync(key, Cancel))!.Enabled); // a call does not ask the database each time
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False((await here.FindByKeyAsync(key, Cancel))!.Enabled);
        await there.DisableKeyAsync("web", (await there.KeysAsync("web", Cancel)).Single().Id, Cancel);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await here.FindByKeyAsync(key, Cancel));

        var (plansHere, plansThere) = (new Plans(test.Stores, new(test.Stores, clock), clock), new Plans(test.Stores, new(test.Stores, clock), clock));
        Assert.Null(await plansHere.OfAsync("web", Cancel));
        await plansThere.PutAsync("plan: a\nsources: [web]\nmode: warn\n", Cancel);
        Assert.Null(await plansHere.OfAsync("web", Cancel));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(PlanMode.Warn, (await plansHere.OfAsync("web", Cancel))!.Mode);
        await plansThere.PutAsync("plan: a\nsources: [web]\nmode: block\n", Cancel);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(PlanMode.Block, (await plansHere.OfAsync("web", Cancel))!.Mode);
        await plansThere.RemoveAsync("a", Cancel);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await plansHere.OfAsync("web", Cancel));
    }

    [Theory, Engines]
    public async Task What_is_not_there_or_out_of_range_is_said(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var sources = new Sources(test.Stores, Clock());
        await sources.AddAsync("web", SourceKind.Stream, Party.First, Cancel);
        await Assert.ThrowsAsync<BadInputException>(() => sources.AddKeyAsync("nobody", Cancel));
        await Assert.ThrowsAsync<BadInputException>(() => sources.SetEnabledAsync("nobody", true, Cancel));
        await Assert.ThrowsAsync<BadInputException>(() => sources.SetLimitAsync("nobody", null, Cancel));
        foreach (var id in new[] { "", "%", "____________", "0123456789ab", new string('0', 64) })
            await Assert.ThrowsAsync<BadInputException>(() => sources.DisableKeyAsync("web", id, Cancel));
        foreach (var limit in new[] { new RateLimit(0, 1), new RateLimit(double.NaN, 1), new RateLimit(1, 0), new RateLimit(double.PositiveInfinity, 1) })
            await Assert.ThrowsAsync<BadInputException>(() => sources.SetLimitAsync("web", limit, Cancel));
        Assert.Null(Assert.Single(await sources.KeysAsync("web", Cancel)).DisabledAt);
    }

    /// <summary>Whatever the calls and pauses: never more than the burst and one call beyond what the rate gives; who comes again after the time told is let in.</summary>
    [Fact]
    public void A_limit_holds_in_the_long_run_and_keeps_its_word() =>
        Gen.Select(Gen.Int[1, 50], Gen.Int[1, 100], Gen.Select(Gen.Int[1, 60], Gen.Int[0, 3_000]).Array[1, 60]).Sample((rate, burst, calls) =>
        {
            var clock = new FakeTimeProvider(Noon);
            var limits = new RateLimits(clock);
            var source = new Source("web", SourceKind.Stream, Party.First, true, Noon, new(rate, burst));
            long taken = 0, away = 0, largest = 0;
            foreach (var (messages, pause) in calls)
            {
                if (limits.Take(source, messages) is { } wait)
                {
                    away += messages;
                    Assert.True(wait > TimeSpan.Zero);
                    clock.Advance(wait + TimeSpan.FromMilliseconds(1));
                    Assert.Null(limits.Take(source, messages));
                }
                taken += messages;
                largest = Math.Max(largest, messages);
                var seconds = (clock.GetUtcNow() - Noon).TotalSeconds;
                Assert.True(taken <= burst + largest + (rate * seconds) + 1, $"{taken} in {seconds} s at {rate}/s, burst {burst}");
                clock.Advance(TimeSpan.FromMilliseconds(pause));
            }
            Assert.Equal(away, limits.TakeCounts().Sum(c => c.Messages));
            Assert.Empty(limits.TakeCounts());
        }, iter: 200);

    [Theory, Engines]
    public async Task Traffic_is_counted_by_minute_hour_and_day(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var traffic = new SourceTraffic(test.Stores, Clock());
        await Events(test, ("web", "track", "E", Noon, "{}"), ("web", "track", "E", Noon.AddMinutes(-61), "{}"), ("web", "page", "", Noon.AddDays(-29), "{}"), ("web", "page", "", Noon.AddDays(-31), "{}"), ("shop", "page", "", Noon, "{}"));
        await new DeadLetters(test.Stores).WriteAsync([DeadLetter.Of("web", "intake", "odd", "", Noon.AddMinutes(-1))], Cancel);
        await traffic.AddTurnedAwayAsync([("web", Noon.AddSeconds(-1), 5), ("web", Noon.AddDays(-40), 1)], Cancel);
        await traffic.AddTurnedAwayAsync([("web", Noon.AddSeconds(-1), 7)], Cancel);

        var minutes = await traffic.ReadAsync("web", Per.Minute, Cancel);
        Assert.Equal(60, minutes.Count);
        Assert.Equal(new TrafficPoint(Noon, 1, 0, 0), minutes[^1]);
        Assert.Equal(new TrafficPoint(Noon.AddMinutes(-1), 0, 1, 12), minutes[^2]);
        Assert.Equal((1, 1), (minutes.Sum(p => p.Taken), minutes.Sum(p => p.Rejected)));
        Assert.Equal((2, 48), ((await traffic.ReadAsync("web", Per.Hour, Cancel)).Sum(p => p.Taken), (await traffic.ReadAsync("web", Per.Hour, Cancel)).Count));
        Assert.Equal((3, 30, 12), ((await traffic.ReadAsync("web", Per.Day, Cancel)).Sum(p => p.Taken), (await traffic.ReadAsync("web", Per.Day, Cancel)).Count, (await traffic.ReadAsync("web", Per.Day, Cancel)).Sum(p => p.TurnedAway)));
    }

    [Theory, Engines]
    public async Task A_schema_is_what_came_with_examples_that_say_nothing_of_anybody(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        await Events(test,
            ("web", "identify", "", Noon.AddHours(-2), """{"email":"anna@example.com","name":"Anna","plan":"gold"}"""),
            ("web", "track", "Bought", Noon.AddHours(-1), """{"total":"12","products":[{"sku":"A"},{"sku":"B","note":"call +45 20 30 40 50"}]}"""),
            ("web", "track", "Bought", Noon, """{"total":12.5,"billing_address":{"street":"Storegade 1"},"name":"Tent","to":"anna@example.com","gift":true,"coupon":null}"""));
        var schema = new SeenSchema(test.Stores);
        Assert.Equal(["track Bought 2", "identify  1"], (await schema.EventsAsync("web", 10, Cancel)).Select(e => $"{e.Type} {e.Name} {e.Count}"));
        var (lookedAt, properties) = await schema.PropertiesAsync("web", "track", "Bought", Cancel);
        Assert.Equal(2, lookedAt);
        Assert.Equal([
            "products[].sku: text A 2", "total: number/text 12.5 2", "billing_address: object ••• 1", "coupon: null  1", "gift: boolean True 1", "name: text Tent 1",
            "products: array [{\"sku\":\"A\"},{\"sku\":\"B\",\"note\":\"•••\"}] 1", "products[].note: text ••• 1", "to: text ••• 1"],
            properties.Select(p => $"{p.Path}: {string.Join('/', p.Types)} {p.Example} {p.Count}"));
        Assert.Equal(["email •••", "name •••", "plan gold"], (await schema.PropertiesAsync("web", "identify", "", Cancel)).Properties.Select(p => $"{p.Path} {p.Example}"));
    }

    private static async Task Events(TestStores test, params (string Source, string Type, string Name, DateTimeOffset At, string Properties)[] events)
    {
        var rows = events.Select((e, i) => new object?[] { (long)i, "m" + i, e.Source, e.Type, e.Name, null, "a", null, e.At, e.At, e.Properties, "{}" });
        await test.Stores.Warehouse.WriteAsync(s => s.LoadAsync("event_log", ["seq", "message_id", "source", "type", "name", "user_id", "anonymous_id", "written_profile_id", "ts", "received_at", "properties", "context"], rows, Cancel), Cancel);
    }
}
