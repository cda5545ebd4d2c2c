using Kendt.Model;
using Kendt.Store;

namespace Kendt.Profiles;

/// <summary>The figures beside a customer's name.</summary>
/// <param name="Spend">Sum of completed orders, in the currency of the orders.</param>
/// <param name="Visits">Days on which the customer looked at the web site.</param>
public sealed record KeyMeasures(ProfileId Profile, double Spend, long Orders, DateTimeOffset? LastOrder, DateTimeOffset LastSeen, long Events, DateTimeOffset? FirstSeen = null, long Visits = 0, long Returns = 0);

/// <summary>By what customers are ranked.</summary>
public enum CustomerRank { Spend, LastSeen }

/// <summary>Who brings the money: the answer to the first question, by what was bought so far.</summary>
/// <param name="TopTenthShare">Part of all revenue that the best tenth of the buyers brought, 0 to 1.</param>
public sealed record ValuableCustomers(DateTimeOffset AsOf, long Buyers, double Revenue, double TopTenthShare, IReadOnlyList<KeyMeasures> Best);

/// <summary>How much of a category people looked at and bought.</summary>
/// <param name="People">Who looked at it or bought it.</param>
/// <param name="Purchases">Lines of orders.</param>
public sealed record Interest(string Category, long People, long Buyers, long Views, long Purchases);

/// <summary>Customers who bought before and have not bought for a while: a plain rule, not a prediction.</summary>
public sealed record QuietCustomers(DateTimeOffset AsOf, long Buyers, long Quiet, double QuietSpend, IReadOnlyList<KeyMeasures> Most);

/// <summary>What the events say of all customers together. Set-based questions to the warehouse.</summary>
public sealed class Customers(Stores stores)
{
    private static readonly Sql OrderTotal = Sql.Of($"coalesce({Dialect.Number(Dialect.JsonText(Sql.Of($"properties"), "revenue"))}, {Dialect.Number(Dialect.JsonText(Sql.Of($"properties"), "total"))}, 0)");

    private static readonly Sql Orders = Sql.Of($"select profile_id, ts, {OrderTotal} as total from event where type = 'track' and name = 'Order Completed'");

    /// <summary>For each of these profiles; those without events are absent.</summary>
    public async Task<IReadOnlyDictionary<ProfileId, KeyMeasures>> MeasuresAsync(IReadOnlyCollection<ProfileId> ids, CancellationToken cancel)
    {
        if (ids.Count == 0) return new Dictionary<ProfileId, KeyMeasures>();
        var list = Sql.Join(", ", ids.Select(id => Sql.Value(id)));
        var rows = await stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"""
            select profile_id, sum(case when name = 'Order Completed' then {OrderTotal} else 0 end), count(case when name = 'Order Completed' then 1 end),
                max(case when name = 'Order Completed' then ts end), max(ts), count(*), min(ts),
                count(distinct case when type = 'page' then {Dialect.Truncate("day", Sql.Of($"ts"))} end), count(case when name = 'Product Returned' then 1 end)
            from event where profile_id in ({list}) group by profile_id
            """), r => Read(r) with { FirstSeen = r.Time(6), Visits = r.Long(7), Returns = r.Long(8) }, cancel), cancel);
        return rows.ToDictionary(m => m.Profile);
    }

    /// <summary>Everybody who did something, the highest first; visitors are among them.</summary>
    public async Task<IReadOnlyList<ProfileId>> RankedAsync(CustomerRank rank, int skip, int take, CancellationToken cancel)
    {
        var ranked = rank is CustomerRank.Spend
            ? Sql.Of($"select profile_id from ({Orders}) as orders where profile_id is not null group by profile_id order by sum(total) desc, profile_id")
            : Sql.Of($"select profile_id from event where profile_id is not null group by profile_id order by max(ts) desc, profile_id");
        return await stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"{ranked} limit {take} offset {skip}"), r => r.ProfileId(0), cancel), cancel);
    }

    /// <summary>Those who opened a ticket last, each once, with its subject where there is one.</summary>
    public Task<List<(ProfileId Profile, DateTimeOffset At, string? About)>> HelpAsync(int limit, CancellationToken cancel) => stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"""
        select profile_id, ts, about from (
            select profile_id, ts, coalesce({Dialect.JsonText(Sql.Of($"properties"), "subject")}, {Dialect.JsonText(Sql.Of($"properties"), "category")}) as about, row_number() over (partition by profile_id order by ts desc, seq desc) as place
            from event where type = 'track' and name = 'Ticket Opened' and profile_id is not null) as last
        where place = 1 order by ts desc, profile_id limit {limit}
        """), r => (r.ProfileId(0), r.Time(1), r.TextOrNull(2)), cancel), cancel);

    /// <summary>People who put something in a basket in the time before <paramref name="asOf"/> and have not ordered since, and what it is worth.</summary>
    public Task<(long People, double Value)> BasketsLeftAsync(DateTimeOffset asOf, TimeSpan within, CancellationToken cancel) => stores.Warehouse.ReadAsync(s => s.FirstAsync(Sql.Of($"""
        with added as (
            select profile_id, max(ts) as last_added, sum(coalesce({Dialect.Number(Dialect.JsonText(Sql.Of($"properties"), "price"))}, 0)) as worth
            from event where type = 'track' and name = 'Product Added' and ts <= {asOf} and ts > {asOf - within} and profile_id is not null group by profile_id),
        ordered as (select profile_id, max(ts) as last_order from event where type = 'track' and name = 'Order Completed' and ts <= {asOf} and ts > {asOf - within} group by profile_id)
        select count(*), coalesce(sum(a.worth), 0) from added a left join ordered o on o.profile_id = a.profile_id where o.last_order is null or o.last_order < a.last_added
        """), r => (r.Long(0), r.Double(1)), cancel), cancel);

    public Task<ValuableCustomers> ValuableAsync(DateTimeOffset asOf, int limit, CancellationToken cancel) => stores.Warehouse.ReadAsync(async s =>
    {
        var buyers = Sql.Of($"""
            with orders as ({Orders}), buyer as (
                select profile_id, sum(total) as spend, count(*) as orders, max(ts) as last_order from orders where ts <= {asOf} and profile_id is not null group by profile_id)
            """);
        var all = await s.FirstAsync(Sql.Of($"""
            {buyers}, ranked as (select spend, row_number() over (order by spend desc) as place, count(*) over () as n from buyer)
            select count(*), coalesce(sum(spend), 0), coalesce(sum(case when place <= (n + 9) / 10 then spend end), 0) from ranked
            """), r => (Buyers: r.Long(0), Revenue: r.Double(1), Top: r.Double(2)), cancel);
        var best = await s.ListAsync(Sql.Of($"{buyers} select profile_id, spend, orders, last_order, last_order, orders from buyer order by spend desc, profile_id limit {limit}"), Read, cancel);
        return new ValuableCustomers(asOf, all.Buyers, all.Revenue, all.Revenue > 0 ? all.Top / all.Revenue : 0, best);
    }, cancel);

    /// <summary>Buyers without an order for <paramref name="silence"/>, those who spent most first.</summary>
    public Task<QuietCustomers> QuietAsync(DateTimeOffset asOf, TimeSpan silence, int limit, CancellationToken cancel) => stores.Warehouse.ReadAsync(async s =>
    {
        var buyer = Sql.Of($"""
            with orders as ({Orders}), buyer as (
                select profile_id, sum(total) as spend, count(*) as orders, max(ts) as last_order from orders where ts <= {asOf} and profile_id is not null group by profile_id)
            """);
        var since = asOf - silence;
        var (buyers, quiet, spend) = await s.FirstAsync(Sql.Of($"""
            {buyer} select count(*), count(case when last_order <= {since} then 1 end), coalesce(sum(case when last_order <= {since} then spend end), 0) from buyer
            """), r => (r.Long(0), r.Long(1), r.Double(2)), cancel);
        var most = await s.ListAsync(Sql.Of($"{buyer} select profile_id, spend, orders, last_order, last_order, orders from buyer where last_order <= {since} order by spend desc, profile_id limit {limit}"), Read, cancel);
        return new QuietCustomers(asOf, buyers, quiet, spend, most);
    }, cancel);

    /// <summary>Categories by the people who looked at or bought from them in the time before <paramref name="asOf"/>; of one profile, or of all.</summary>
    public Task<List<Interest>> InterestsAsync(ProfileId? profile, DateTimeOffset asOf, TimeSpan within, int limit, CancellationToken cancel)
    {
        var whose = profile is { } id ? Sql.Of($"and profile_id = {id}") : Sql.Empty;
        return stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"""
            with looked as (
                select profile_id, {Dialect.JsonText(Sql.Of($"properties"), "category")} as category, 1 as views, 0 as purchases
                from event where type = 'track' and name = 'Product Viewed' and ts <= {asOf} and ts > {asOf - within} {whose}
                union all
                select profile_id, {Dialect.JsonText(Sql.Of($"line"), "category")}, 0, 1 from (
                    select profile_id, {Dialect.Elements(Sql.Of($"properties"), "products")} as line
                    from event where type = 'track' and name = 'Order Completed' and ts <= {asOf} and ts > {asOf - within} {whose}) as bought)
            select category, count(distinct profile_id), count(distinct case when purchases > 0 then profile_id end), sum(views), sum(purchases) from looked where category is not null
            group by category order by count(distinct profile_id) desc, category limit {limit}
            """), r => new Interest(r.Text(0), r.Long(1), r.Long(2), r.Long(3), r.Long(4)), cancel), cancel);
    }

    private static KeyMeasures Read(Row r) => new(r.ProfileId(0), r.Double(1), r.Long(2), r.TimeOrNull(3), r.Time(4), r.Long(5));
}
