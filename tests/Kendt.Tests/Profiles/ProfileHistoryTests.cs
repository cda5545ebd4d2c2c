using System.Text.Json;
using Kendt.Model;
using Kendt.Profiles;

namespace Kendt.Tests.Profiles;

public sealed class ProfileHistoryTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Engines]
    public async Task The_past_has_the_words_of_its_time(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var id = new ProfileId(Guid.CreateVersion7(Start));
        await test.Stores.Ledger.WriteAsync(s => s.LoadAsync("profile", ["profile_id", "kind", "created_at"], [[id, "person", Start]], Cancel), Cancel);
        var news = new[] { Said(id, 1, "web", """{"city":"Vejle"}"""), Said(id, 2, "crm", """{"city":"Odense","plan":"gold"}"""), Said(id, 3, "web", """{"city":"Aarhus"}""") };
        await test.Stores.Warehouse.WriteAsync(s => WarehouseWriter.WriteTraitsAsync(s, news, Cancel), Cancel);
        await test.Stores.Ledger.WriteAsync(s => new ProfileWriter(TimeProvider.System).WriteAsync(s, news, [], [id], Cancel), Cancel);
        var now = (await new ProfileReader(test.Stores).ReadAsync(id.ToString(), Cancel))!;
        var history = new ProfileHistory(test.Stores);
        Assert.Equal(["Aarhus", "Odense"], Words(now));
        Assert.Equal(["Odense", "Vejle"], Words(await history.AtAsync(now, Start.AddDays(2), Cancel)));
        Assert.Equal(["Vejle"], Words(await history.AtAsync(now, Start.AddDays(2).AddMicroseconds(-1), Cancel)));
        Assert.Empty((await history.AtAsync(now, Start, Cancel)).Traits);
        // At this moment the past and the present are one.
        Assert.Equal(now.Traits.Keys.Order(), (await history.AtAsync(now, Start.AddDays(9), Cancel)).Traits.Keys.Order());
    }

    [Theory, Engines]
    public async Task The_feed_gives_each_change_and_goes_on_where_it_was(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var people = Enumerable.Range(0, 5).Select(i => new ProfileId(Guid.CreateVersion7(Start.AddMinutes(i)))).ToList();
        var time = new FixedTime(Start);
        foreach (var id in people)
        {
            await test.Stores.Ledger.WriteAsync(s => new ProfileWriter(time).WriteAsync(s, [Said(id, 1, "web", """{"a":1}""")], [], [id], Cancel), Cancel);
            time.Now += TimeSpan.FromMilliseconds(id == people[1] ? 0 : 1);
        }
        time.Now += TimeSpan.FromMinutes(1);
        var feed = new ProfileFeed(test.Stores, time);
        var first = await feed.ReadAsync(null, 3, Cancel);
        Assert.Equal(people.Take(3), first.Select(c => c.Profile));
        Assert.Equal(people.Skip(3), (await feed.ReadAsync(first[^1].Cursor, 3, Cancel)).Select(c => c.Profile));
        var end = feed.Now;
        Assert.Empty(await feed.ReadAsync(end, 3, Cancel));
        await test.Stores.Ledger.WriteAsync(s => new ProfileWriter(time).WriteAsync(s, [Said(people[0], 2, "web", """{"a":2}""")], [], [people[0]], Cancel), Cancel);
        time.Now += TimeSpan.FromMinutes(1);
        Assert.Equal([people[0]], (await feed.ReadAsync(end, 3, Cancel)).Select(c => c.Profile));
        foreach (var odd in new[] { "", "x", "12", "99999999999999999999-0", "1-zz" }) await Assert.ThrowsAsync<BadInputException>(() => feed.ReadAsync(odd, 3, Cancel));
    }

    private static string?[] Words(Profile profile) => [.. profile.Traits["city"].Select(t => t.Value.GetString())];

    private static TraitNews Said(ProfileId id, int day, string source, string traits) =>
        new(id, source, $"message:{source}:{day}", day, Start.AddDays(day), JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(traits)!);

    private sealed class FixedTime(DateTimeOffset start) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = start;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
