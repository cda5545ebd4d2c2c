using Kendt.Model;
using Kendt.Profiles;
using Kendt.Store;
using Kendt.Studio.Data;

namespace Kendt.Server.StudioData;

/// <summary>Lists of customers in any order, a page at a time. Where nothing was typed there is no best match: those who were seen last come first.</summary>
public sealed class CustomerList(Stores stores, ProfileReader profiles, Customers customers)
{
    internal const string Currency = "DKK";

    private const int MostFound = 500;

    public async Task<Stretch<PersonRow>> SearchAsync(PeopleQuery query, CancellationToken cancel)
    {
        ProfileKind? kind = query.Kind switch { CustomerKind.Person => ProfileKind.Person, CustomerKind.Company => ProfileKind.Account, _ => null };
        var skip = (Math.Max(1, query.Page) - 1) * query.Size;
        if (string.IsNullOrWhiteSpace(query.Text) && query.Segment is null) return await EverybodyAsync(query, kind, skip, cancel);

        var ids = string.IsNullOrWhiteSpace(query.Text)
            ? await MembersAsync(query.Segment!, cancel)
            : await profiles.SearchAsync(query.Text, kind, null, MostFound, cancel);
        if (query.Segment is { } segment && !string.IsNullOrWhiteSpace(query.Text)) ids = [.. ids.Intersect(await MembersAsync(segment, cancel))];
        if (query.Segment is not null && ids.Count > MostFound) ids = [.. ids.Take(MostFound)];
        var rows = Sort(await RowsAsync(ids, measures: true, cancel), query.Order).ToList();
        return new([.. rows.Skip(skip).Take(query.Size)], ids.Count >= MostFound ? null : rows.Count, rows.Count > skip + query.Size);
    }

    /// <summary>Rows in the order of the ids.</summary>
    public async Task<IReadOnlyList<PersonRow>> RowsAsync(IReadOnlyList<ProfileId> ids, bool measures, CancellationToken cancel)
    {
        var found = await profiles.ReadAsync(ids, cancel);
        var figures = measures ? await customers.MeasuresAsync(ids, cancel) : new Dictionary<ProfileId, KeyMeasures>();
        return [.. ids.Where(found.ContainsKey).Select(id => Row(found[id], figures.GetValueOrDefault(id)))];
    }

    public async Task<IReadOnlyList<RelatedCustomer>> RelatedAsync(IReadOnlyList<AccountTie> ties, CancellationToken cancel)
    {
        var because = ties.DistinctBy(t => t.Other).Take(50).ToDictionary(t => t.Other, t => t.Evidence);
        var found = await profiles.ReadAsync(because.Keys, cancel);
        return [.. found.Values.Select(p => new RelatedCustomer(p.Id, p.DisplayName(), p.Text("title") ?? p.Text("role"), p.Text("email"), because[p.Id])).OrderBy(r => r.Name, StringComparer.CurrentCultureIgnoreCase)];
    }

    // Everybody in the order of a figure: the warehouse ranks those who did something, the ledger knows who is a customer.
    private async Task<Stretch<PersonRow>> EverybodyAsync(PeopleQuery query, ProfileKind? kind, int skip, CancellationToken cancel)
    {
        var counts = await profiles.CountAsync(cancel);
        var total = counts.Where(c => kind is null ? c.Key is not ProfileKind.Visitor : c.Key == kind).Sum(c => c.Value);
        var ids = query.Order is PeopleOrder.Name
            ? await NewestAsync(kind, skip, query.Size, cancel)
            : await RankedAsync(kind, query.Order, skip, query.Size, cancel);
        var rows = await RowsAsync(ids, measures: true, cancel);
        return new(query.Order is PeopleOrder.Name ? [.. Sort(rows, PeopleOrder.Name)] : rows, total, skip + query.Size < total);
    }

    private Task<List<ProfileId>> NewestAsync(ProfileKind? kind, int skip, int size, CancellationToken cancel) => stores.Ledger.ReadAsync(s => s.ListAsync(
        Sql.Of($"select profile_id from profile where merged_into is null and {Which(kind)} order by profile_id desc limit {size} offset {skip}"), r => r.ProfileId(0), cancel), cancel);

    private async Task<IReadOnlyList<ProfileId>> RankedAsync(ProfileKind? kind, PeopleOrder order, int skip, int size, CancellationToken cancel)
    {
        var wanted = new List<ProfileId>();
        for (var offset = 0; wanted.Count < skip + size; offset += 2000)
        {
            var ranked = await customers.RankedAsync(order is PeopleOrder.Spend ? CustomerRank.Spend : CustomerRank.LastSeen, offset, 2000, cancel);
            var known = (await profiles.KindsAsync(ranked, cancel)).Where(k => kind is null ? k.Value is not ProfileKind.Visitor : k.Value == kind).Select(k => k.Key).ToHashSet();
            wanted.AddRange(ranked.Where(known.Contains));
            if (ranked.Count < 2000) break;
        }
        // Those who did nothing come after all others: companies, whose people act for them, are mostly such.
        if (wanted.Count < skip + size)
        {
            var known = wanted.ToHashSet();
            wanted.AddRange((await NewestAsync(kind, 0, skip + size, cancel)).Where(id => !known.Contains(id)));
        }
        return [.. wanted.Skip(skip).Take(size)];
    }

    private Task<IReadOnlyList<ProfileId>> MembersAsync(string segment, CancellationToken cancel) => stores.Warehouse.ReadAsync(async s =>
        (IReadOnlyList<ProfileId>)await s.ListAsync(Sql.Of($"select profile_id from membership where segment = {segment} and left_at is null order by entered_at desc, profile_id"), r => r.ProfileId(0), cancel), cancel);

    private static Sql Which(ProfileKind? kind) => kind is { } k ? Sql.Of($"kind = {k}") : Sql.Of($"kind <> 'visitor'");

    private static IEnumerable<PersonRow> Sort(IEnumerable<PersonRow> rows, PeopleOrder order) => order switch
    {
        PeopleOrder.LastSeen => rows.OrderByDescending(r => r.LastSeen ?? DateTimeOffset.MinValue),
        PeopleOrder.Spend => rows.OrderByDescending(r => r.Spend?.Value ?? 0),
        PeopleOrder.Name => rows.OrderBy(r => r.Name, StringComparer.CurrentCultureIgnoreCase),
        _ => rows,
    };

    private static PersonRow Row(Profile p, KeyMeasures? m) => new(p.Id, p.Kind is ProfileKind.Account ? CustomerKind.Company : CustomerKind.Person, p.DisplayName(),
        p.Text("email"), p.Text("phone"), p.Text("address", "city"), m?.LastSeen, m is { Orders: > 0 } ? new Money((decimal)m.Spend, Currency) : null);
}
