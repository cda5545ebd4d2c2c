using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Kendt.Collect;
using Kendt.Model;
using static Kendt.Tests.Collect.Calls;

namespace Kendt.Tests.Collect;

public sealed class WebhookTests
{
    private const string Payments = """
        source: payments
        template: |
          {% if body.kind == "ping" %}{"skip": true}{% else %}
          [{"type": "track", "event": "Payment {{ body.kind }}", "userId": {{ body.customer.id | json }},
            "properties": {"amount": {{ body.cents | divided_by: 100.0 | json }}, "note": {{ body.note | json }}, "tags": {{ body.tags | json }}, "agent": {{ headers["user-agent"] | json }}}},
           {"row": {"no": {{ body.customer.id | json }}, "mail": {{ body.customer.email | json }}}}]{% endif %}
        mapping: |
          source: payments
          rows: records
          key: no
          columns: { no: { identifier: user_id }, mail: { identifier: email } }
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static WebhookRequest Call(string body, string source = "payments", string? type = null, params (string, string)[] headers) =>
        new(source, Encoding.UTF8.GetBytes(body), type, new Dictionary<string, string>(headers.ToDictionary(h => h.Item1, h => h.Item2), StringComparer.OrdinalIgnoreCase), new Dictionary<string, string>(), ShowsKey: true);

    [Theory, Engines]
    public async Task A_call_becomes_messages_and_rows_once_however_often_it_is_sent(On on)
    {
        await using var desk = await Desk.OpenAsync(on);
        await desk.Setups.PutAsync(Payments, null, Cancel);
        const string Body = """{"kind":"made","cents":1250,"note":"5\" \"nails\" \ud800 æ","tags":["a",{"b":null}],"customer":{"id":"c1","email":"a@b.dk"}}""";
        for (var i = 0; i < 2; i++) Assert.Equivalent(new WebhookResult.Kept(1, 1, []), await desk.Webhooks.TakeAsync(Call(Body, headers: [("User-Agent", "bank/1"), ("Authorization", "Basic x")]), Cancel));
        var happening = Assert.Single(await desk.HappeningsAsync());
        Assert.Equal(("Payment made", "c1"), (happening.Name, happening.UserId));
        Assert.Equal("""{"amount":12.5,"note":"5\" \"nails\" � æ","tags":["a",{"b":null}],"agent":"bank/1"}""", happening.Properties);
        Assert.Equal(("c1", """{"no":"c1","mail":"a@b.dk"}"""), Assert.Single(await desk.RecordsAsync()));
        Assert.Equivalent(new WebhookResult.Kept(0, 0, []), await desk.Webhooks.TakeAsync(Call("""{"kind":"ping"}"""), Cancel));
    }

    [Theory, Engines]
    public async Task What_came_before_there_was_a_file_is_kept_for_who_shows_the_key_and_taken_later(On on)
    {
        await using var desk = await Desk.OpenAsync(on);
        const string Body = """{"kind":"made","cents":100,"customer":{"id":"c1"}}""";
        var kept = Assert.IsType<WebhookResult.Kept>(await desk.Webhooks.TakeAsync(Call(Body), Cancel));
        Assert.Contains("kendt webhook set", Assert.Single(kept.Refused), StringComparison.Ordinal);
        Assert.IsType<WebhookResult.Unknown>(await desk.Webhooks.TakeAsync(Call(Body) with { ShowsKey = false }, Cancel));
        await desk.Setups.PutAsync(Payments, null, Cancel);
        Assert.Equal(1, (await desk.Replay.RunAsync(new DeadLetterFilter { Source = "payments" }, null, Cancel)).Taken);
        Assert.Equal("Payment made", Assert.Single(await desk.HappeningsAsync()).Name);
    }

    [Theory, Engines]
    public async Task What_the_template_cannot_read_is_a_dead_letter_and_is_taken_when_the_template_is_mended(On on)
    {
        await using var desk = await Desk.OpenAsync(on);
        await desk.Setups.PutAsync(Payments, null, Cancel);
        var kept = Assert.IsType<WebhookResult.Kept>(await desk.Webhooks.TakeAsync(Call("kind=made&cents=100&id=c%C3%A6&id=c2", type: "application/x-www-form-urlencoded; charset=utf-8", headers: [("Authorization", "secret")]), Cancel));
        Assert.Contains("neither userId nor anonymousId", Assert.Single(kept.Refused), StringComparison.Ordinal);
        var letter = Assert.Single(await desk.Letters.ListAsync("payments", null, 0, 10, Cancel));
        Assert.StartsWith("""{"body":{"kind":"made","cents":"100","id":["cæ","c2"]},"headers":{}""", letter.Body, StringComparison.Ordinal);

        await desk.Setups.PutAsync(Payments.Replace("body.customer.id", "body.id[0]", StringComparison.Ordinal), null, Cancel);
        Assert.Equal(1, (await desk.Replay.RunAsync(DeadLetterFilter.All, null, Cancel)).Taken);
        Assert.Equal("cæ", Assert.Single(await desk.HappeningsAsync()).UserId);
        Assert.Equal("cæ", Assert.Single(await desk.RecordsAsync()).Key);
        Assert.Equal(0, await desk.Letters.CountAsync(DeadLetterFilter.All, Cancel));
    }

    [Theory]
    [InlineData("{% for i in (1..1000000) %}{% endfor %}", "failed")]
    [InlineData("{% assign s = 'xxxxxxxxxx' %}{% for i in (1..60) %}{% assign s = s | append: s %}{% endfor %}", "thousand characters")]
    [InlineData("{% capture s %}xxxxxxxxxx{% endcapture %}{% for i in (1..60) %}{% capture s %}{{ s }}{{ s }}{% endcapture %}{% endfor %}", "thousand characters")]
    [InlineData("{% for i in (1..60000) %}xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx{% endfor %}", "thousand characters")]
    [InlineData("{{ body | nonsense }}", "nonsense")]
    [InlineData("{\"type\": {{ body.x }} }", "no JSON: it breaks in line 1")]
    [InlineData("{{ 'no json' | parse_json }}", "no JSON")]
    [InlineData("", "made nothing")]
    [InlineData("[]", "made nothing")]
    [InlineData("[1]", "not an object")]
    [InlineData("{\"row\":{\"a\":1}}", "no mapping")]
    [InlineData("{% include 'secret.key' %}x", "asks for a file")]
    public async Task A_template_that_fails_or_never_ends_is_told_so(string template, string reason)
    {
        await using var desk = await Desk.OpenAsync(On.Embedded);
        var yaml = $"source: x\ntemplate: {System.Text.Json.JsonSerializer.Serialize(template.Length == 0 ? " {% comment %}{% endcomment %}" : template)}\n";
        Assert.Contains(reason, (await desk.Webhooks.TryAsync(Call("{}", "x"), yaml, Cancel)).Refused ?? "taken", StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_of_a_webhook_file_are_told_with_their_place()
    {
        var fault = Assert.Throws<BadInputException>(() => WebhookSetup.Parse("source: My Shop\nsignature: { scheme: hmac, timestamp: X-T, tolerance: never }\ntemplate: '{% if %}'\nmapping: 'source: other'\n"));
        foreach (var said in new[] { "line 1, column 9: source is in kebab", "header is missing", "proves nothing", "tolerance is a number", "is no Liquid", "rows is missing" }) Assert.Contains(said, fault.Message, StringComparison.Ordinal);
    }

    private static WebhookSignature Signature(string yaml) => WebhookSetup.Parse($"source: x\nsignature: {yaml}\ntemplate: '{{}}'\n").Signature!;

    private static string? Check(string yaml, string body, string secret, params (string, string)[] headers)
    {
        var said = headers.ToDictionary(h => h.Item1, h => h.Item2, StringComparer.OrdinalIgnoreCase);
        return Signature(yaml).Check(name => said.GetValueOrDefault(name), Encoding.UTF8.GetBytes(body), secret, Noon);
    }

    private static string Hex(string text, string secret) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Signatures_of_known_senders_hold_and_others_do_not()
    {
        // The example of GitHub's documentation.
        const string Known = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17", Secret = "It's a Secret to Everybody";
        Assert.Null(Check("{ scheme: github }", "Hello, World!", Secret, ("x-hub-signature-256", Known)));
        foreach (var (body, header) in new[] { ("Hello, World?", Known), ("Hello, World!", Known[7..]), ("Hello, World!", "sha256="), ("Hello, World!", "sha256=zz"), ("Hello, World!", Known[..^2]) })
            Assert.NotNull(Check("{ scheme: github }", body, Secret, ("X-Hub-Signature-256", header)));
        Assert.Contains("is missing", Check("{ scheme: github }", "", Secret), StringComparison.Ordinal);
        Assert.Null(Check("{ scheme: shopify }", "{}", "s", ("X-Shopify-Hmac-Sha256", Convert.ToBase64String(HMACSHA256.HashData("s"u8, "{}"u8)))));
        Assert.Null(Check("{ header: X-Sig, algorithm: sha512 }", "{}", "s", ("X-Sig", Convert.ToHexString(HMACSHA512.HashData("s"u8, "{}"u8)))));
        Assert.Null(Check("{ header: X-Sig, algorithm: sha1 }", "{}", "s", ("X-Sig", Convert.ToHexString(Sha1("s", "{}")))));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(-300, true)]
    [InlineData(-301, false)]
    [InlineData(301, false)]
    public void A_signed_time_is_near_or_what_it_signs_is_refused(int seconds, bool holds)
    {
        var at = (Noon.ToUnixTimeSeconds() + seconds).ToString(CultureInfo.InvariantCulture);
        Assert.Equal(holds, Check("{ scheme: stripe }", "{}", "whsec", ("Stripe-Signature", $"t={at},v1=00,v1={Hex(at + ".{}", "whsec")},v0=x")) is null);
        Assert.Equal(holds, Check("{ scheme: slack }", "a=b", "s", ("X-Slack-Request-Timestamp", at), ("X-Slack-Signature", "v0=" + Hex($"v0:{at}:a=b", "s"))) is null);
        Assert.NotNull(Check("{ scheme: stripe }", "{}", "whsec", ("Stripe-Signature", $"t={at + "0"},v1={Hex(at + ".{}", "whsec")}")));
        Assert.NotNull(Check("{ scheme: stripe }", "{}", "whsec", ("Stripe-Signature", $"v1={Hex(at + ".{}", "whsec")}")));
    }

    [Theory, Engines]
    public async Task Who_proves_nothing_is_turned_away_and_secrets_are_not_kept_in_clear(On on)
    {
        await using var desk = await Desk.OpenAsync(on);
        const string Signed = "source: hub\nsignature: { scheme: github }\ntemplate: '{\"type\":\"identify\",\"userId\":\"u\"}'\n";
        await Assert.ThrowsAsync<BadInputException>(() => desk.Setups.PutAsync(Signed, null, Cancel));
        await desk.Setups.PutAsync(Signed, "hush-hush", Cancel);
        await desk.Setups.PutAsync(Signed, null, Cancel);
        Assert.IsType<WebhookResult.Unproven>(await desk.Webhooks.TakeAsync(Call("{}", "hub"), Cancel));
        Assert.Equal(1, Assert.IsType<WebhookResult.Kept>(await desk.Webhooks.TakeAsync(Call("{}", "hub", null, ("X-Hub-Signature-256", "sha256=" + Hex("{}", "hush-hush"))), Cancel)).Messages);
        Assert.IsType<WebhookResult.Unknown>(await desk.Webhooks.TakeAsync(Call("{}", "nobody") with { ShowsKey = false }, Cancel));
        Assert.DoesNotContain("hush", await desk.Stores.Ledger.ReadAsync(s => s.FirstAsync(Kendt.Store.Sql.Of($"select secret from webhook"), r => r.Text(0), Cancel), Cancel), StringComparison.Ordinal);
    }

#pragma warning disable CA5350 // some senders sign with it still
    private static byte[] Sha1(string secret, string text) => HMACSHA1.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(text));
#pragma warning restore CA5350
}
