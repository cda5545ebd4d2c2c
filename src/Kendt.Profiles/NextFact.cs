using Kendt.Model;
using Kendt.Store;

namespace Kendt.Profiles;

/// <summary>What is best known first when somebody meets this customer.</summary>
public enum NextFactKind
{
    /// <summary>Something lies in the basket, put there after the last order and in the last 14 days.</summary>
    BasketLeft,

    /// <summary>The last order is longer ago than this customer's orders usually lie apart, by half.</summary>
    Overdue,

    /// <summary>Ordered for the first time in the last 30 days.</summary>
    New,

    /// <summary>Asked for help in the last 14 days.</summary>
    AskedForHelp,

    /// <summary>Was here in the last 7 days and has never ordered.</summary>
    Looking,
}

/// <summary>The fact, a plain rule over what the customer did and not a prediction.</summary>
/// <param name="Worth">What lies in the basket; null for the others.</param>
/// <param name="UsualDays">How many days lie between orders on average; null but for the second kind.</param>
public sealed record NextFact(NextFactKind Kind, DateTimeOffset At, double? Worth = null, double? UsualDays = null);

/// <summary>Finds the fact in one customer's own events.</summary>
public sealed class NextFacts(Stores stores)
{
    private static readonly TimeSpan Basket = TimeSpan.FromDays(14), Fresh = TimeSpan.FromDays(30), Help = TimeSpan.FromDays(14), Look = TimeSpan.FromDays(7);

    /// <summary>The first that holds, in the order of help, basket, overdue, new and looking; null for none.</summary>
    /// <param name="hides">Kinds of events that the reader may not see: they are as if they had not happened.</param>
    public async Task<NextFact?> OfAsync(ProfileId id, DateTimeOffset asOf, Func<string, bool> hides, CancellationToken cancel)
    {
        var ids = await stores.Ledger.ReadAsync(s => OwnEvents.IdsAsync(s, id, cancel), cancel);
        if (ids.Count == 0) return null;
        var worth = Dialect.Number(Dialect.JsonText(Sql.Of($"properties"), "price"));
        var events = (await stores.Warehouse.ReadAsync(s => s.ListAsync(OwnEvents.Of(ids, Sql.Of($"name, ts, {worth}"), Sql.Of($"type = 'track' and name in ('Order Completed', 'Product Added', 'Product Viewed', 'Ticket Opened') and ts <= {asOf}")),
            r => (Name: r.Text(0), At: r.Time(1), Price: r.DoubleOrNull(2)), cancel), cancel)).Where(e => !hides(e.Name)).OrderBy(e => e.At).ToList();
        var orders = events.Where(e => e.Name == "Order Completed").Select(e => e.At).ToList();
        if (events.FindLast(e => e.Name == "Ticket Opened") is { Name: not null } help && asOf - help.At < Help) return new(NextFactKind.AskedForHelp, help.At);
        var added = events.Where(e => e.Name == "Product Added" && asOf - e.At < Basket && (orders.Count == 0 || e.At > orders[^1])).ToList();
        if (added.Count > 0) return new(NextFactKind.BasketLeft, added[^1].At, added.Sum(a => a.Price ?? 0));
        if (orders.Count >= 3 && (orders[^1] - orders[0]).TotalDays / (orders.Count - 1) is var usual and > 1 && (asOf - orders[^1]).TotalDays > 1.5 * usual) return new(NextFactKind.Overdue, orders[^1], UsualDays: usual);
        if (orders.Count == 1 && asOf - orders[0] < Fresh) return new(NextFactKind.New, orders[0]);
        return orders.Count == 0 && events.Count > 0 && asOf - events[^1].At < Look ? new(NextFactKind.Looking, events[^1].At) : null;
    }
}
