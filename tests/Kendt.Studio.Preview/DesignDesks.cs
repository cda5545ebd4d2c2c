using System.Security.Claims;
using Kendt.Model;
using Kendt.Studio.Data;

namespace Kendt.Studio.Preview;

/// <summary>Dead letters, plans, webhooks and tables of the made-up company.</summary>
public sealed class DesignDesks(bool empty) : ILetterDesk, IPlanDesk, IInletDesk
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 9, 30, 0, TimeSpan.Zero);

    private const string Plan = "plan: webshop-events\nsources: [webshop]\nmode: block\nevents:\n  Order Completed:\n    required: [order_id, total]\n";

    /// <summary>What was done, for tests.</summary>
    public List<string> Done { get; } = [];

    public Task<LetterView?> LetterAsync(Guid id, string? body, string? mapping, CancellationToken cancel) => Task.FromResult<LetterView?>(empty ? null : new(
        new DeadLetter(id, "loyalty", "import:0192:4812", "Left out: 'birthday' is no date.", """{"no":"004812","birthday":"31-02-1980"}""", Now.AddHours(-9)), null, "source: loyalty\nrows: records\nkey: no\n", 2, Now.AddHours(-1),
        body is null ? "Not taken: 'birthday' is no date." : null, body is null ? [] : [$"loyalty 004812: {body}"]));

    public Task MendAsync(Guid id, string? body, ClaimsPrincipal who, CancellationToken cancel) => Note("mend " + body);

    public async Task<int> MapAsync(string source, string reason, string mapping, ClaimsPrincipal who, CancellationToken cancel)
    {
        await Note("map " + source);
        return 3;
    }

    public async Task<ReplayView> ReplayAsync(LetterChoice choice, ClaimsPrincipal who, CancellationToken cancel)
    {
        await Note($"replay {choice.Ids?.Count.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "all of " + choice.Query?.Source}");
        return new(choice.Ids is null, choice.Ids?.Count ?? 0, 0, null);
    }

    public async Task<int> DiscardAsync(LetterChoice choice, ClaimsPrincipal who, CancellationToken cancel)
    {
        await Note($"discard {choice.Ids?.Count}");
        return choice.Ids?.Count ?? 4;
    }

    public Task<PlansView> PlansAsync(string? source, CancellationToken cancel) => Task.FromResult(empty ? new PlansView([], [], [], []) : new(
        [new("webshop-events", ["webshop", "app"], "block", 14, 1_204), new("till", ["shops"], "observe", 3, 0)],
        [.. Enumerable.Range(0, 30).Select(i => new Point(Now.AddDays(i - 29), i % 7 == 3 ? 210 : 20 + (i * 3 % 17)))],
        [new("webshop", "Order Completed", "properties.total", "type", 812, Now.AddMinutes(-4)), new("webshop", "Product Added", "properties.products[].price", "minimum", 301, Now.AddHours(-2)), new("app", "Tapped", "", "unplanned", 91, Now.AddDays(-1))],
        ["partner-travel", "newsletter"]));

    public Task<string?> PlanAsync(string name, CancellationToken cancel) => Task.FromResult(empty || name == "none" ? null : Plan);

    public Task<string?> InferAsync(string source, CancellationToken cancel) => Task.FromResult<string?>(Plan.Replace("webshop-events", source, StringComparison.Ordinal));

    public Task CheckAsync(string yaml, CancellationToken cancel) =>
        yaml.Contains("strict", StringComparison.Ordinal) ? throw new BadInputException("The tracking plan has 1 fault:\n  line 3, column 7: 'strict' is none of observe, warn, block.") : Task.CompletedTask;

    public async Task<string> PutAsync(string yaml, ClaimsPrincipal who, CancellationToken cancel)
    {
        await CheckAsync(yaml, cancel);
        return "webshop-events";
    }

    public Task RemoveAsync(string name, ClaimsPrincipal who, CancellationToken cancel) => Note("remove " + name);

    public Task<IReadOnlyList<WebhookRow>> WebhooksAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<WebhookRow>>(empty ? [] : [new("payments", "/v1/webhook/payments", "Stripe-Signature"), new("bookings", "/v1/webhook/bookings", null)]);

    public Task<string?> WebhookAsync(string source, CancellationToken cancel) => Task.FromResult(empty ? null : "source: payments\nsignature: { scheme: stripe }\ntemplate: |\n  {\"type\": \"track\", \"event\": \"Payment Made\", \"userId\": {{ body.customer | json }}}\n");

    public Task<(string? Refused, IReadOnlyList<string> Becomes)> TryWebhookAsync(string yaml, string body, CancellationToken cancel) =>
        Task.FromResult<(string?, IReadOnlyList<string>)>((null, ["""{"type": "track", "event": "Payment Made", "userId": "c1"}"""]));

    public Task<string> PutWebhookAsync(string yaml, string? secret, ClaimsPrincipal who, CancellationToken cancel) => Task.FromResult("payments");

    public Task<IReadOnlyList<TableRow>> TablesAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<TableRow>>(empty ? [] :
        [new("crm", "postgres", "public.customer", "updated_at", "2026-11-23 09:15:02.120331+00", 412, 15, Now.AddMinutes(-3), null), new("bookings", "sqlite", null, null, null, 0, 0, null, "There is no SQLite file at that path on this server.")]);

    public Task<string?> TableAsync(string source, CancellationToken cancel) => Task.FromResult(empty ? null : "kind: postgres\ntable: public.customer\ncursor: updated_at\n");

    public Task<string> PutTableAsync(string yaml, string? connection, ClaimsPrincipal who, CancellationToken cancel) => Task.FromResult("crm");

    public Task SyncAsync(string source, bool full, ClaimsPrincipal who, CancellationToken cancel) => Note("sync " + source);

    private Task Note(string what)
    {
        Done.Add(what);
        return Task.CompletedTask;
    }
}
