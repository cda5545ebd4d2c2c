using Kendt.Model;
using Kendt.Profiles;

namespace Kendt.Tests.Profiles;

public sealed class NextFactTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Engines]
    public async Task The_first_rule_that_holds_is_told_and_what_is_denied_did_not_happen(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var (facts, seq) = (new NextFacts(test.Stores), 0L);
        foreach (var (kind, events) in new (NextFactKind?, (string, int)[])[]
        {
            (null, [("Order Completed", 100), ("Order Completed", 40)]),
            (NextFactKind.Overdue, [("Order Completed", 70), ("Order Completed", 60), ("Order Completed", 50)]),
            (NextFactKind.BasketLeft, [("Order Completed", 70), ("Order Completed", 60), ("Order Completed", 50), ("Product Added", 2), ("Product Added", 1)]),
            (null, [("Product Added", 3), ("Order Completed", 2), ("Order Completed", 1)]),
            (NextFactKind.New, [("Product Added", 3), ("Order Completed", 2)]),
            (NextFactKind.AskedForHelp, [("Ticket Opened", 5), ("Product Added", 2)]),
            (NextFactKind.Looking, [("Product Viewed", 6)]),
            (null, [("Product Viewed", 8)]),
        })
        {
            var id = new ProfileId(Guid.CreateVersion7(Now));
            await test.Stores.Ledger.WriteAsync(s => s.LoadAsync("profile", ["profile_id", "kind", "created_at"], [[id, "person", Now]], Cancel), Cancel);
            await test.Stores.Warehouse.WriteAsync(s => s.LoadAsync("event_log", ["seq", "message_id", "source", "type", "name", "user_id", "anonymous_id", "written_profile_id", "ts", "received_at", "properties", "context", "named_by"],
                events.Select(e => new object?[] { ++seq, $"m{seq}", "web", "track", e.Item1, null, null, id, Now.AddDays(-e.Item2), Now, """{"price": 50}""", "{}", null }), Cancel), Cancel);
            var fact = await facts.OfAsync(id, Now, _ => false, Cancel);
            Assert.Equal(kind, fact?.Kind);
            if (kind is NextFactKind.BasketLeft) Assert.Equal((100, Now.AddDays(-1)), (fact!.Worth, fact.At));
            if (kind is NextFactKind.Overdue) Assert.Equal(10, fact!.UsualDays!.Value, 9);
            if (kind is NextFactKind.AskedForHelp) Assert.Equal(NextFactKind.BasketLeft, (await facts.OfAsync(id, Now, name => name == "Ticket Opened", Cancel))!.Kind);
        }
        Assert.Null(await facts.OfAsync(new(Guid.CreateVersion7(Now)), Now, _ => false, Cancel));
    }
}
