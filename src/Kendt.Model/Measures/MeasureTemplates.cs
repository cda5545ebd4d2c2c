namespace Kendt.Model.Measures;

/// <summary>A measure that many companies want, ready to take.</summary>
/// <param name="Name">What it is stored as unless said otherwise.</param>
public sealed record MeasureTemplate(string Name, string Title, MeasureLevel Level, string Json);

/// <summary>The templates, over the events of Segment's ecommerce specification.</summary>
public static class MeasureTemplates
{
    private const string Orders = "\"event\": \"Order Completed\"";

    public static IReadOnlyList<MeasureTemplate> All { get; } =
    [
        new("lifetime-spend", "Lifetime spend", MeasureLevel.Profile, $$"""{ {{Orders}}, "sum": {"of": "total"} }"""),
        new("spend-365-days", "Spend in 365 days", MeasureLevel.Profile, $$"""{ {{Orders}}, "within": "365d", "sum": {"of": "total"} }"""),
        new("average-basket", "Average basket", MeasureLevel.Profile, $$"""{ {{Orders}}, "average": {"of": "total"} }"""),
        new("largest-basket", "Largest basket", MeasureLevel.Profile, $$"""{ {{Orders}}, "max": {"of": "total"} }"""),
        new("recency", "Days since the last order", MeasureLevel.Profile, $$"""{ {{Orders}}, "since": {"which": "last", "unit": "day"} }"""),
        new("frequency", "Orders in 365 days", MeasureLevel.Profile, $$"""{ {{Orders}}, "within": "365d", "count": {} }"""),
        new("first-basket", "First basket", MeasureLevel.Profile, $$"""{ {{Orders}}, "first": {"of": "total"} }"""),
        new("return-rate", "Returns by orders", MeasureLevel.Profile, $$$"""{ "ratio": {"of": {"event": "Product Returned", "count": {} }, "to": { {{{Orders}}}, "count": {} } } }"""),
        new("sessions-30-days", "Sessions in 30 days", MeasureLevel.Profile, """{ "event": "*", "within": "30d", "sessions": {} }"""),
        new("active-days-90", "Active days in 90 days", MeasureLevel.Profile, """{ "event": "*", "within": "90d", "days": {} }"""),
        new("open-rate", "E-mails opened by e-mails sent, 180 days", MeasureLevel.Profile, """{ "ratio": {"of": {"event": "Email Opened", "within": "180d", "count": {}}, "to": {"event": "Email Sent", "within": "180d", "count": {}}} }"""),
        new("order-streak", "Months in a row with an order", MeasureLevel.Profile, $$"""{ {{Orders}}, "streak": {"which": "longest", "unit": "month"} }"""),
        new("account-spend", "Spend of the company and its people", MeasureLevel.Account, $$"""{ {{Orders}}, "sum": {"of": "total"} }"""),
        new("revenue-this-month", "Revenue this month", MeasureLevel.Business, $$"""{ {{Orders}}, "during": "this month", "sum": {"of": "total"} }"""),
        new("revenue-last-month", "Revenue last month", MeasureLevel.Business, $$"""{ {{Orders}}, "during": "last month", "sum": {"of": "total"} }"""),
        new("basket-90th", "Basket that nine in ten stay below", MeasureLevel.Business, $$"""{ {{Orders}}, "within": "90d", "percentile": {"of": "total", "at": 90} }"""),
    ];
}
