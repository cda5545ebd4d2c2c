using Kendt.Model;
using Kendt.Studio.Data;

namespace Kendt.Studio.Preview;

public sealed partial class DesignData
{
    private const string Rule = """
        {
          "all": [
            { "event": "Order Completed", "within": "365d", "sum": { "of": "total", "atLeast": 5000 } },
            { "trait": "club_tier", "in": ["Silver", "Gold"] },
            { "not": { "event": "Order Refunded", "within": "90d" } }
          ]
        }
        """;

    private List<SegmentRow> SegmentRows() =>
    [
        new("gold-members", "Gold members", "club_tier is Gold", 1_204, 0.059, Days(30, 21, 1_180, 20), Now.AddMinutes(-4)),
        new("gone-quiet", "Gone quiet", "has bought before, and has no order within the last 180 days", 2_347, 0.115, Days(30, 22, 2_280, 50), Now.AddMinutes(-4)),
        new("hikers", "Hikers", "bought from Hiking at least 2 times within the last 2 years", 5_091, 0.249, Days(30, 23, 5_000, 70), Now.AddMinutes(-4)),
        new("left-a-basket", "Left a basket", "added a product and did not order within 7 days", 318, 0.016, Days(30, 24, 260, 70), Now.AddMinutes(-4)),
        new("newsletter-readers", "Newsletter readers", "opened at least 3 newsletters within the last 60 days", 6_730, 0.33, [], Now.AddMinutes(-4)),
        new("valuable-club", "Valuable club members", "spent at least DKK 5,000 within the last year, is Silver or Gold, and has not returned within 90 days", 862, 0.042, Days(30, 25, 840, 18), Now.AddMinutes(-4)),
    ];

    public Task<IReadOnlyList<SegmentRow>> ListAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<SegmentRow>>(SegmentRows());

    public Task<SegmentView?> FindAsync(string name, CancellationToken cancel) => Task.FromResult(
        SegmentRows().FirstOrDefault(row => row.Name == name) is { } row ? new SegmentView(row, Rule, Now.AddDays(-210), Now.AddDays(-12), [.. People.Skip(10).Take(8)]) : null);

    public Task<IReadOnlyList<DestinationRow>> DestinationsAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<DestinationRow>>(
    [
        new("mail-house", "file", "exports/mail-house", Now.AddDays(-200), 18, 88_120, Now.AddDays(-2), DeliveryState.Done),
        new("newsletter-tool", "webhook", "https://hooks.brevkassen.example/kendt", Now.AddDays(-120), 41, 203_412, Now.AddHours(-4), DeliveryState.Running),
        new("sms-gateway", "webhook", "https://sms.example/in", Now.AddDays(-30), 0, 0, null, null),
    ]);

    private List<DeliveryRow> DeliveryRows() =>
    [
        new(new(Guid.Parse("0192d1a0-0000-7000-8000-0000000000d1")), "newsletter-tool", "left-a-basket", "email_marketing", DeliveryState.Running, 318, 241, 160, 0, "", Now.AddMinutes(-3), null),
        new(new(Guid.Parse("0192d1a0-0000-7000-8000-0000000000d2")), "newsletter-tool", "hikers", "email_marketing", DeliveryState.Done, 5_091, 3_804, 3_781, 23, "", Now.AddHours(-28), Now.AddHours(-28).AddMinutes(2)),
        new(new(Guid.Parse("0192d1a0-0000-7000-8000-0000000000d3")), "mail-house", "gone-quiet", "postal_marketing", DeliveryState.Done, 2_347, 1_120, 1_120, 0, "", Now.AddDays(-2), Now.AddDays(-2).AddSeconds(9)),
        new(new(Guid.Parse("0192d1a0-0000-7000-8000-0000000000d4")), "sms-gateway", "gold-members", "sms_marketing", DeliveryState.Failed, 1_204, 391, 0, 0, "The destination answered 401: the key was not accepted.", Now.AddDays(-9), Now.AddDays(-9).AddSeconds(31)),
    ];

    public Task<Stretch<DeliveryRow>> DeliveriesAsync(DeliveryQuery query, CancellationToken cancel)
    {
        var found = DeliveryRows().Where(row => (query.Destination is null || row.Destination == query.Destination) && (query.Segment is null || row.Segment == query.Segment)).ToList();
        return Task.FromResult(new Stretch<DeliveryRow>(found, found.Count, HasMore: false));
    }

    public Task<DeliveryView?> DeliveryAsync(DeliveryId id, CancellationToken cancel) => Task.FromResult(DeliveryRows().FirstOrDefault(row => row.Id == id) is { } row
        ? new DeliveryView(row, [new("no consent given", row.Asked - row.Permitted - 40), new("consent denied", 40)], row.Refused > 0 ? [new("422: address bounced before", row.Refused)] : [])
        : null);

    Task<AudienceView> IAudienceReader.ReadAsync(CancellationToken cancel)
    {
        string[] names = ["Outdoor/Hiking", "Travel/Nordic", "Sport/Running", "Family/Children", "Home/Garden", "Travel/Skiing", "Auto/Electric", "Food/Organic"];
        return Task.FromResult(new AudienceView(100_000, 284_120, 6_240,
            [.. names.Select((name, i) => new CategoryRow(name, (long)(31_204 / (1 + (i * 0.35))), 0.81 - (i * 0.04), Now.AddDays(-14), Now.AddDays(16 - i)))],
            [new("mobile", new Count(61_020), 1), new("desktop", new Count(28_411), 0.47), new("tablet", new Count(10_569), 0.17)],
            [new("DK", new Count(71_040), 1), new("SE", new Count(18_300), 0.26), new("NO", new Count(10_660), 0.15)],
            [new("nordic-panel", new Count(100_000), 1)], Days(30, 31, 4_000, 3_000, step: -1), Now.AddMinutes(-10)));
    }

    public Task<IReadOnlyList<PurposeRow>> PurposesAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<PurposeRow>>(
    [
        new("email_marketing", "Marketing by e-mail", "Newsletters and offers to the address that the person gave.", "consent", 9_871, 2_204, 8_485, Now.AddMinutes(-6)),
        new("sms_marketing", "Marketing by text message", "Offers to the phone number that the person gave.", "consent", 3_020, 4_410, 13_130, Now.AddHours(-2)),
        new("profiling", "Personal content on our sites", "Content chosen by what the person did before.", "consent", 12_400, 1_102, 7_058, Now.AddMinutes(-1)),
        new("analytics", "Understanding our business", "Counting and comparing, never about one person.", "legal", 0, 312, 20_248, Now.AddDays(-3)),
        new("ad_sharing", "Advertising on other sites", "Showing our advertisements where the person is.", "consent", 0, 0, 20_560, null),
    ]);

    public Task<IReadOnlyList<MemberRow>> MembersAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<MemberRow>>(
    [
        new("signe@fjeldogfjord.example", "Signe Holm", "admin", Now.AddDays(-620), Now.AddMinutes(-20)),
        new("kasper@fjeldogfjord.example", "Kasper Dahl", "marketing", Now.AddDays(-300), Now.AddHours(-5)),
        new("dpo@fjeldogfjord.example", "Lene Friis", "privacy", Now.AddDays(-300), Now.AddDays(-11)),
        new("shop-aarhus@fjeldogfjord.example", "Aarhus shop", "service", Now.AddDays(-90), null),
    ]);

    public Task<Stretch<AuditRow>> AuditAsync(AuditQuery query, CancellationToken cancel)
    {
        List<AuditRow> rows =
        [
            new(Guid.CreateVersion7(Now), Now.AddMinutes(-3), "kasper@fjeldogfjord.example", "delivery.started", "newsletter-tool", "segment left-a-basket, purpose email_marketing, 241 of 318 permitted"),
            new(Guid.CreateVersion7(Now), Now.AddMinutes(-20), "signe@fjeldogfjord.example", "member.signed_in", "signe@fjeldogfjord.example", "by one-time link"),
            new(Guid.CreateVersion7(Now), Now.AddHours(-9), "signe@fjeldogfjord.example", "import.start", "loyalty", "members.csv, 2.2 MB"),
            new(Guid.CreateVersion7(Now), Now.AddDays(-1), "dpo@fjeldogfjord.example", "profile.view", "0192d1a0-7c21-7aa2-9a41-52f1c3d0b7aa", "360-degree page"),
        ];
        var found = rows.Where(row => $"{row.Actor} {row.Action} {row.Subject} {row.Detail}".Contains(query.Text, StringComparison.OrdinalIgnoreCase) && (query.Action is null || row.Action == query.Action)).ToList();
        return Task.FromResult(new Stretch<AuditRow>(found, found.Count, HasMore: false));
    }
}
