using System.Security.Claims;
using Kendt.Collect;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Server.Api.Tracking;
using Kendt.Server.Host;
using Kendt.Server.Security;
using Kendt.Store;

namespace Kendt.Server.Api;

/// <summary>The door that webhooks come in by, and the files that say what to make of them.</summary>
internal static class WebhookApi
{
    private sealed record NewSetup(string? Yaml, string? Secret);

    private sealed record Trial(string? Body, string? ContentType, Dictionary<string, string>? Headers, Dictionary<string, string>? Query, string? Yaml);

    public static IEndpointRouteBuilder MapWebhooks(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/webhook/{source}", (HttpContext context, string source, WebhookDoor door) => door.TakeAsync(context, source)).AllowAnonymous().DisableAntiforgery().WithTags("Tracking").WithSummary("A webhook of a source: any JSON or form, signed as its file says, or with the source's write key");
        routes.MapPost("/v1/webhook", (HttpContext context, WebhookDoor door) => door.TakeAsync(context, null)).AllowAnonymous().DisableAntiforgery().WithTags("Tracking").WithSummary("The same, the source being that of the write key, as RudderStack has it");
        var api = routes.MapGroup("/v1/webhooks").WithTags("Webhooks").NeedsScope(Scopes.Admin);
        api.MapGet("/", async (WebhookSetups setups, CancellationToken cancel) => Results.Ok((await setups.ListAsync(cancel)).Select(Shown))).WithSummary("The webhooks");
        api.MapGet("/{source}", async (string source, WebhookSetups setups, CancellationToken cancel) => Results.Ok(Whole(await FindAsync(source, setups, cancel)))).WithSummary("One webhook's file");
        api.MapPut("/", PutAsync).WithSummary("Keeps a webhook file and the secret that its sender signs with; the source is made if it is not there");
        api.MapDelete("/{source}", RemoveAsync).WithSummary("Takes webhooks of a source no more");
        api.MapPost("/{source}/try", TryAsync).WithSummary("What a body would become, with the kept file or another; nothing is taken");
        return routes;
    }

    private static async Task<IResult> PutAsync(NewSetup given, WebhookSetups setups, Audit audit, ClaimsPrincipal user, CancellationToken cancel)
    {
        var setup = await setups.PutAsync(given.Yaml ?? throw new BadInputException("yaml is missing: the text of a webhook file."), given.Secret, cancel);
        await audit.WriteAsync(user.Actor(), "webhook.put", setup.Source, given.Secret is null ? "" : "with a secret", cancel);
        return Results.Ok(Shown(setup));
    }

    private static async Task<IResult> RemoveAsync(string source, WebhookSetups setups, Audit audit, ClaimsPrincipal user, CancellationToken cancel)
    {
        if (!await setups.RemoveAsync(source, cancel)) throw Missing(source);
        await audit.WriteAsync(user.Actor(), "webhook.remove", source, "", cancel);
        return Results.Ok(new { removed = source });
    }

    private static async Task<IResult> TryAsync(string source, Trial trial, Webhooks webhooks, CancellationToken cancel) =>
        Results.Ok(await webhooks.TryAsync(new(source, System.Text.Encoding.UTF8.GetBytes(trial.Body ?? ""), trial.ContentType, trial.Headers ?? [], trial.Query ?? [], ShowsKey: true), trial.Yaml, cancel));

    private static async Task<WebhookSetup> FindAsync(string source, WebhookSetups setups, CancellationToken cancel) =>
        (await setups.ListAsync(cancel)).FirstOrDefault(s => s.Source == source) ?? throw Missing(source);

    private static BadInputException Missing(string source) => new($"The source '{source}' has no webhook. 'kendt webhook list' shows them.");

    private static object Shown(WebhookSetup setup) => new { source = setup.Source, address = "/v1/webhook/" + setup.Source, signature = setup.Signature?.Header, rows = setup.Mapping is not null };

    private static object Whole(WebhookSetup setup) => new { source = setup.Source, address = "/v1/webhook/" + setup.Source, signature = setup.Signature?.Header, rows = setup.Mapping is not null, yaml = setup.Yaml };
}

/// <summary>Reads calls of webhooks, bounded in size and number, and answers when what came is durable.</summary>
internal sealed partial class WebhookDoor(Webhooks webhooks, Sources sources, RateLimits limits, ILogger<WebhookDoor> log) : IDisposable
{
    // A template costs processor time: so many at once, and the rest is told to come again.
    private const int MostAtOnce = 64;

    private readonly BodyRoom _room = new();
    private readonly SemaphoreSlim _free = new(MostAtOnce, MostAtOnce);

    /// <param name="source">As the address names it; null: the one that the write key belongs to.</param>
    public async Task TakeAsync(HttpContext context, string? source)
    {
        if (!_free.Wait(0, CancellationToken.None))
        {
            await CallAnswer.Busy(TimeSpan.FromSeconds(2)).WriteAsync(context, isPixel: false);
            return;
        }
        using var body = new CallBody(_room);
        try
        {
            await AnswerAsync(context, await ReadAsync(context.Request, source, body, context.RequestAborted));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return; // nobody is there to hear
        }
        catch (Exception fault) when (fault is CannotException or SqlException or IOException)
        {
            Failed(log, fault, source ?? "a write key");
            await CallAnswer.Failing.WriteAsync(context, isPixel: false);
        }
        finally
        {
            _free.Release();
        }
    }

    public void Dispose() => _free.Dispose();

    private async Task<object> ReadAsync(HttpRequest request, string? name, CallBody body, CancellationToken cancel)
    {
        var key = await sources.FindByKeyAsync(WriteKeys.Before(request), cancel);
        if (name is null && key is null) return CallAnswer.UnknownKey;
        if (await body.ReadAsync(request, cancel) is { } fault) return fault;
        var source = name is null || name == key?.Name ? key : await sources.FindAsync(name, cancel);
        if (source is null) return new WebhookResult.Unknown();
        if (!source.Enabled) return CallAnswer.SwitchedOff(source);
        if (limits.Take(source, 1) is { } wait) return CallAnswer.TooFast(source, wait);
        var headers = new Dictionary<string, string>(request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString()), StringComparer.OrdinalIgnoreCase);
        return await webhooks.TakeAsync(new(source.Name, body.Bytes, request.ContentType, headers, request.Query.ToDictionary(q => q.Key, q => q.Value.ToString()), key?.Name == source.Name), cancel);
    }

    private static Task AnswerAsync(HttpContext context, object said)
    {
        switch (said)
        {
            case CallAnswer.Fault fault: return fault.WriteAsync(context, isPixel: false);
            case WebhookResult.Busy busy: return CallAnswer.Busy(busy.RetryAfter).WriteAsync(context, isPixel: false);
            case WebhookResult.Unknown: return new CallAnswer.Fault(404, "unknown_webhook", "There is no webhook at this address.").WriteAsync(context, isPixel: false);
            case WebhookResult.Unproven unproven: return new CallAnswer.Fault(401, "unproven", unproven.Reason).WriteAsync(context, isPixel: false);
        }
        var kept = (WebhookResult.Kept)said;
        Telemetry.Received.Add(kept.Messages);
        Telemetry.Rejected.Add(kept.Refused.Count);
        return context.Response.WriteAsJsonAsync(new { success = true, messages = kept.Messages, records = kept.Records, rejected = kept.Refused }, context.RequestAborted);
    }

    [LoggerMessage(LogLevel.Error, "A webhook of {Source} was answered 503; its sender comes again")]
    private static partial void Failed(ILogger log, Exception fault, string source);
}
