using System.Globalization;
using System.Text.Json;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Profiles;
using Kendt.Studio.Data;

namespace Kendt.Server.StudioData;

/// <summary>A customer's timeline with the meaning that Studio has an icon for.</summary>
public sealed class TimelineData(Timeline timeline)
{
    private static readonly Dictionary<string, TimelineKind> Kinds = new(StringComparer.Ordinal)
    {
        ["Product Viewed"] = TimelineKind.Visit,
        ["Products Searched"] = TimelineKind.Visit,
        ["Product List Viewed"] = TimelineKind.Visit,
        ["Checkout Started"] = TimelineKind.Basket,
        ["Product Added"] = TimelineKind.Basket,
        ["Product Removed"] = TimelineKind.Basket,
        ["Cart Viewed"] = TimelineKind.Basket,
        ["Order Completed"] = TimelineKind.Order,
        ["Order Refunded"] = TimelineKind.Return,
        ["Product Returned"] = TimelineKind.Return,
        ["Email Sent"] = TimelineKind.Mail,
        ["Email Opened"] = TimelineKind.Mail,
        ["Email Clicked"] = TimelineKind.Mail,
        ["Email Bounced"] = TimelineKind.Mail,
        ["Email Unsubscribed"] = TimelineKind.Mail,
        ["Newsletter Subscribed"] = TimelineKind.Mail,
        ["Event Attended"] = TimelineKind.Meeting,
        ["Ticket Opened"] = TimelineKind.Support,
        ["Membership Started"] = TimelineKind.Subscription,
        ["Membership Renewed"] = TimelineKind.Subscription,
        ["Membership Cancelled"] = TimelineKind.Subscription,
        ["Membership Lapsed"] = TimelineKind.Subscription,
        ["Signed Up"] = TimelineKind.Profile,
    };

    private static readonly string[] SummaryFields = ["name", "title", "subject", "campaign", "query", "event", "plan", "reason", "order_id", "path"];

    /// <param name="denied">Kinds of events that the reader may not see are as if they had not happened.</param>
    public async Task<TimelineView> ReadAsync(ProfileId id, TimelineQuery query, Denied denied, CancellationToken cancel)
    {
        var all = await timeline.GroupsAsync(id, cancel);
        var groups = all.Where(g => !denied.Event(g.Name)).ToList();
        var kinds = groups.GroupBy(g => KindOf(g.Type, g.Name, g.Channel)).ToDictionary(g => g.Key, g => g.Sum(x => x.Events));
        var sources = groups.Select(g => g.Source).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        IReadOnlyList<EventGroup>? wanted = query.Kinds.Count == 0 ? (groups.Count == all.Count ? null : groups) : [.. groups.Where(g => query.Kinds.Contains(KindOf(g.Type, g.Name, g.Channel)))];
        if (wanted is { Count: 0 }) return new([], null, kinds, sources);
        var filter = new TimelineFilter { Groups = wanted, Sources = query.Source is null ? [] : [query.Source] };
        var page = await timeline.ReadAsync(id, filter, query.Older, query.Size, cancel);
        return new([.. page.Events.Select(Item)], page.Next, kinds, sources);
    }

    private static TimelineKind KindOf(string type, string name, string channel) => type switch
    {
        "page" or "screen" => TimelineKind.Visit,
        "identify" or "group" or "alias" => TimelineKind.Profile,
        _ when name == "Order Completed" && channel == "shop" => TimelineKind.Shop,
        _ => Kinds.GetValueOrDefault(name, TimelineKind.Other),
    };

    private static TimelineItem Item(TimelineEvent happened)
    {
        using var json = JsonDocument.Parse(happened.Properties);
        var properties = json.RootElement;
        var channel = Text(properties, "channel") ?? "";
        var currency = Text(properties, "currency") ?? CustomerList.Currency;
        var name = happened.Name.Length > 0 ? happened.Name : happened.Type;
        return new TimelineItem(happened.Seq.ToString(CultureInfo.InvariantCulture), happened.At, KindOf(happened.Type, happened.Name, channel), name, happened.Source, Summary(happened, properties))
        {
            Value = Amount(properties, "revenue", currency) ?? Amount(properties, "total", currency) ?? Amount(properties, "amount", currency),
            Lines = Lines(properties, currency),
            Facts = properties.ValueKind is JsonValueKind.Object ? [.. Violations(happened), .. properties.EnumerateObject().Where(p => p.Value.ValueKind is not (JsonValueKind.Array or JsonValueKind.Null)).Select(p => new Fact(p.Name, p.Value.ValueKind is JsonValueKind.String ? p.Value.GetString()! : p.Value.GetRawText()))] : [],
        };
    }

    private static string? Summary(TimelineEvent happened, JsonElement properties)
    {
        if (happened.Type is "page")
        {
            using var context = JsonDocument.Parse(happened.Context);
            if (context.RootElement.TryGetProperty("page", out var page) && (Text(page, "title") ?? Text(page, "path")) is { } title) return title;
        }
        foreach (var field in SummaryFields) if (Text(properties, field) is { Length: > 0 } text) return text;
        return null;
    }

    private static OrderLine[] Lines(JsonElement properties, string currency)
    {
        if (properties.ValueKind is not JsonValueKind.Object || !properties.TryGetProperty("products", out var products) || products.ValueKind is not JsonValueKind.Array) return [];
        return [.. products.EnumerateArray().Where(p => p.ValueKind is JsonValueKind.Object).Select(p => new OrderLine(Text(p, "name") ?? Text(p, "product_id") ?? "", Text(p, "category"), Number(p, "quantity") ?? 1, Amount(p, "price", currency)))];
    }

    // What its tracking plan says against an event that was taken nevertheless.
    private static IEnumerable<Fact> Violations(TimelineEvent happened)
    {
        if (!happened.Context.Contains("\"violations\"", StringComparison.Ordinal)) yield break;
        using var context = JsonDocument.Parse(happened.Context);
        if (!context.RootElement.TryGetProperty("violations", out var said) || said.ValueKind is not JsonValueKind.Array) yield break;
        yield return new("violations", string.Join("; ", said.EnumerateArray().Where(v => v.ValueKind is JsonValueKind.String).Select(v => v.GetString())));
    }

    private static string? Text(JsonElement element, string property) =>
        element.ValueKind is JsonValueKind.Object && element.TryGetProperty(property, out var value) ? value.ValueKind switch { JsonValueKind.String => value.GetString(), JsonValueKind.Number => value.GetRawText(), _ => null } : null;

    private static double? Number(JsonElement element, string property) =>
        element.ValueKind is JsonValueKind.Object && element.TryGetProperty(property, out var value) && value.ValueKind is JsonValueKind.Number ? value.GetDouble() : null;

    private static Money? Amount(JsonElement element, string property, string currency) =>
        Number(element, property) is { } value && Math.Abs(value) < 1e15 ? new Money((decimal)value, currency) : null;
}
