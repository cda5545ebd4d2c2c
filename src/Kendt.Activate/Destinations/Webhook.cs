using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kendt.Govern;
using Kendt.Model;

namespace Kendt.Activate;

/// <summary>
/// Batches of people as JSON to an address of the company's own. The body is
/// <c>{"delivery", "destination", "purpose", "items": [{"id", "profile_id", "data"}]}</c>. Header <c>Idempotency-Key</c> is
/// the same whenever the same people of a delivery are sent again; <c>Kendt-Signature: t=UNIX,v1=HEX</c> is the HMAC-SHA256
/// of <c>UNIX.BODY</c> under the destination's secret. Redirects are followed on the same scheme, host and port only.
/// </summary>
/// <param name="http">A client that follows no redirects itself, as <see cref="Client"/> makes.</param>
public sealed class Webhook(HttpClient http, TimeProvider time) : IDestination
{
    private const string Url = "url", Secret = "secret", Authorization = "authorization", BatchSize = "batch_size", EraseUrl = "erase_url";
    private const int DefaultBatch = 100, LargestBatch = 1000, MostRedirects = 3, ShortestSecret = 16;

    public string Kind => "webhook";

    public string Title => "Webhook";

    /// <summary>How long an answer may take. Default: 30 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    public IReadOnlyList<DestinationField> Fields { get; } =
    [
        new() { Name = Url, Title = "Address", Kind = FieldKind.Address, Required = true, Help = "Where the batches are posted to, as https://example.com/kendt." },
        new()
        {
            Name = Secret, Title = "Signing secret", Required = true, Secret = true,
            Help = "Both sides know it; by it the receiver sees that a batch is from Kendt. At least 16 characters.",
            Check = value => value.Length < ShortestSecret ? $"has {value.Length} characters; it needs at least {ShortestSecret}" : null,
        },
        new()
        {
            Name = Authorization, Title = "Authorization header", Secret = true, Help = "Sent as it stands, as Bearer ...; empty if the receiver wants none.",
            Check = value => value.AsSpan().ContainsAny("\r\n") ? "has a line end; it has to be one line" : null,
        },
        new()
        {
            Name = BatchSize, Title = "People in a batch", Kind = FieldKind.Number, Default = DefaultBatch.ToString(CultureInfo.InvariantCulture),
            Help = $"1 to {LargestBatch}.",
            Check = value => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n is >= 1 and <= LargestBatch ? null : $"has to be a whole number from 1 to {LargestBatch}",
        },
        new() { Name = EraseUrl, Title = "Address for erasures", Kind = FieldKind.Address, Help = "Where {\"erase\": [ids]} is posted when a person is erased; empty if the receiver has none." },
        new()
        {
            Name = DestinationSettings.Fields, Title = "Fields", Kind = FieldKind.List,
            Help = "Which fields of a person are sent, with commas between: email, traits.city. Empty: all.",
        },
    ];

    /// <summary>A client as this destination needs it: it follows no redirects and keeps no cookies.</summary>
    public static HttpClient Client() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    });

    public int? BatchSizeOf(DestinationSettings settings) => int.Parse(settings.Get(BatchSize), CultureInfo.InvariantCulture);

    public async Task<TestAnswer> TestAsync(DestinationSettings settings, CancellationToken cancel)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new { test = true, destination = settings.Name, items = Array.Empty<object>() });
        return await PostAsync(settings, settings.Get(Url), body, cancel) switch
        {
            SendResult.Delivered => new TestAnswer.Works(),
            SendResult.RetryAfter(_, var reason) => new TestAnswer.Fault($"The address did not take the test now: {reason}. Check that it is right and that the receiver runs."),
            SendResult.Reauthorise(var reason) => new TestAnswer.Fault($"The address does not let Kendt in: {reason}."),
            SendResult.Refused(var reason) => new TestAnswer.Fault($"The address did not take the test: {reason}. Check that it is the one for Kendt's batches."),
            var other => throw new InvalidOperationException($"{other.GetType().Name} is no result of a test."),
        };
    }

    public async Task<IReadOnlyList<SendResult>> SendAsync(DestinationSettings settings, Permit<IReadOnlyList<OutboxItem>> permit, CancellationToken cancel)
    {
        var items = permit.Value;
        var result = await PostAsync(settings, settings.Get(Url), Body(settings, permit.Purpose, items), cancel);
        return [.. Enumerable.Repeat(result, items.Count)];
    }

    public async Task<EraseAnswer> DeleteAsync(DestinationSettings settings, IReadOnlyList<ProfileId> ids, CancellationToken cancel)
    {
        if (settings.Find(EraseUrl) is not { } address)
            return new EraseAnswer.CannotErase($"Destination '{settings.Name}' has no address for erasures ({EraseUrl}); erase the person there by hand.");
        var body = JsonSerializer.SerializeToUtf8Bytes(new { destination = settings.Name, erase = ids.Select(id => id.ToString()) });
        return await PostAsync(settings, address, body, cancel) switch
        {
            SendResult.Delivered => new EraseAnswer.Erased("The receiver has taken the erasure."),
            SendResult.RetryAfter(_, var reason) => new EraseAnswer.Failed(reason),
            SendResult.Reauthorise(var reason) => new EraseAnswer.Failed(reason),
            SendResult.Refused(var reason) => new EraseAnswer.Failed(reason),
            var other => throw new InvalidOperationException($"{other.GetType().Name} is no result of an erasure."),
        };
    }

    private static byte[] Body(DestinationSettings settings, string purpose, IReadOnlyList<OutboxItem> items)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("delivery", items[0].Delivery.ToString());
            writer.WriteString("destination", settings.Name);
            writer.WriteString("purpose", purpose);
            writer.WriteStartArray("items");
            foreach (var item in items)
            {
                writer.WriteStartObject();
                writer.WriteString("id", $"{item.Delivery}:{item.Profile}");
                writer.WriteString("profile_id", item.Profile.ToString());
                writer.WritePropertyName("data");
                writer.WriteRawValue(item.Payload);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        return buffer.ToArray();
    }

    private async Task<SendResult> PostAsync(DestinationSettings settings, string url, byte[] body, CancellationToken cancel)
    {
        var address = new Uri(url);
        for (var redirects = 0; ; redirects++)
        {
            using var timeout = new CancellationTokenSource(Timeout, time);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
            try
            {
                using var request = Request(settings, address, body);
                using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop.Token);
                if ((int)response.StatusCode is not (>= 300 and < 400)) return Read(response);
                if (response.StatusCode is not (HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect) || response.Headers.Location is not { } location)
                    return new SendResult.Reauthorise($"the address answers {(int)response.StatusCode}, a redirect that no batch can follow; put the address it leads to");
                var next = new Uri(address, location);
                if (Uri.Compare(address, next, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) != 0)
                    return new SendResult.Reauthorise($"the address redirects to another host ('{next.Host}'); if you trust it, put its address");
                if (redirects == MostRedirects) return new SendResult.Reauthorise("the address redirects in a circle; check it");
                address = next;
            }
            catch (HttpRequestException fault)
            {
                return new SendResult.RetryAfter(null, $"no connection ({fault.HttpRequestError})");
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                return new SendResult.RetryAfter(null, $"no answer within {Timeout.TotalSeconds:0} seconds");
            }
        }
    }

    private HttpRequestMessage Request(DestinationSettings settings, Uri address, byte[] body)
    {
        var sentAt = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" };
        // The body says delivery and people and nothing that differs from try to try, so its digest is the key.
        request.Headers.Add("Idempotency-Key", Convert.ToHexStringLower(SHA256.HashData(body)));
        request.Headers.Add("Kendt-Signature", $"t={sentAt},v1={Sign(settings.Get(Secret), sentAt, body)}");
        request.Headers.UserAgent.ParseAdd("Kendt");
        if (settings.Find(Authorization) is { } authorization) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return request;
    }

    private static string Sign(string secret, string sentAt, byte[] body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes(sentAt + "."), .. body];
        return Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed));
    }

    private SendResult Read(HttpResponseMessage response)
    {
        var code = (int)response.StatusCode;
        return code switch
        {
            >= 200 and < 300 => new SendResult.Delivered(),
            401 or 403 => new SendResult.Reauthorise($"the receiver answers {code}; give the authorization or secret again"),
            429 or 503 => new SendResult.RetryAfter(WaitOf(response.Headers.RetryAfter), $"the receiver answers {code}"),
            408 or 425 or >= 500 => new SendResult.RetryAfter(null, $"the receiver answers {code}"),
            _ => new SendResult.Refused($"the receiver answers {code}"),
        };
    }

    private TimeSpan? WaitOf(RetryConditionHeaderValue? header) => header switch
    {
        { Delta: { } wait } => wait,
        { Date: { } date } => date - time.GetUtcNow(),
        _ => null,
    };
}
