using System.Globalization;
using Kendt.Model;
using Kendt.Studio.Data;

namespace Kendt.Studio.Preview;

public sealed partial class DesignData
{
    private static readonly string[] Products = ["Stien GTX boots", "Regn shell jacket", "Fjeld 45 rucksack", "Merino base layer", "Lejr 2 tent", "Trail socks, 3 pairs"];

    public Task<TimelineView> TimelineAsync(ProfileId id, TimelineQuery query, CancellationToken cancel)
    {
        var all = Events(id);
        var from = int.Parse(query.Older ?? "0", CultureInfo.InvariantCulture);
        var found = all.Where(item => (query.Kinds.Count == 0 || query.Kinds.Contains(item.Kind)) && (query.Source is null || item.Source == query.Source)).ToList();
        var page = found.Skip(from).Take(query.Size).ToList();
        var older = from + page.Count < found.Count ? (from + page.Count).ToString(CultureInfo.InvariantCulture) : null;
        var kinds = all.GroupBy(item => item.Kind).ToDictionary(group => group.Key, group => (long)group.Count());
        return Task.FromResult(new TimelineView(page, older, kinds, [.. all.Select(item => item.Source).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]));
    }

    private List<TimelineItem> Events(ProfileId id)
    {
        var random = new Random(id.Value.GetHashCode());
        var at = Now.AddMinutes(-37);
        var items = new List<TimelineItem>();
        for (var i = 0; i < 96; i++)
        {
            items.Add(One(i, at, random.Next(14), random));
            at = at.AddMinutes(-random.Next(2, 60) * (random.Next(4) == 0 ? 240 : 1));
        }
        return items;
    }

    private static TimelineItem One(int i, DateTimeOffset at, int sort, Random random)
    {
        var key = i.ToString(CultureInfo.InvariantCulture);
        var product = Products[random.Next(Products.Length)];
        IReadOnlyList<OrderLine> lines =
        [
            new(product, "Footwear", 1, new(1_499, "DKK")), new("Trail socks, 3 pairs", "Footwear", 2, new(358, "DKK")), new("Care wax", null, 1, new(89.50m, "DKK")),
        ];
        return sort switch
        {
            0 => new(key, at, TimelineKind.Order, "Order Completed", "webshop", $"Order 1{random.Next(10_000, 99_999)}")
            {
                Value = new(1_946.50m, "DKK"),
                Lines = lines,
                Facts = [new("payment", "card"), new("shipping", "parcel shop"), new("coupon", "AUTUMN10")],
            },
            1 => new(key, at, TimelineKind.Shop, "Order Completed", "shops", "Aarhus, Guldsmedgade") { Value = new(1_857, "DKK"), Lines = [.. lines.Take(2)] },
            2 => new(key, at, TimelineKind.Mail, "Email Opened", "newsletter", "Boots that like the rain"),
            3 => new(key, at, TimelineKind.Mail, "Email Clicked", "newsletter", "Boots that like the rain"),
            4 => new(key, at, TimelineKind.Basket, "Product Added", "webshop", product) { Value = new(1_499, "DKK") },
            5 => new(key, at, TimelineKind.Support, "Ticket Opened", "support", "When will my size be back?") { Facts = [new("channel", "chat"), new("topic", "stock")] },
            6 => new(key, at, TimelineKind.Return, "Order Refunded", "webshop", "Order 148211") { Value = new(-1_499, "DKK"), Lines = [.. lines.Take(1)] },
            7 => new(key, at, TimelineKind.Meeting, "Event Attended", "events", "Map and compass evening, Silkeborg"),
            8 => new(key, at, TimelineKind.Profile, "identify", "webshop", "shoe_size, language"),
            _ => new(key, at, TimelineKind.Visit, "page", "webshop", product) { Facts = [new("path", "/products/" + random.Next(100, 999)), new("referrer", "newsletter")] },
        };
    }
}
