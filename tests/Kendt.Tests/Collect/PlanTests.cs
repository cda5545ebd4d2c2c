using System.Text;
using System.Text.Json;
using CsCheck;
using Kendt.Collect;
using Kendt.Model;
using static Kendt.Tests.Collect.Calls;

namespace Kendt.Tests.Collect;

public sealed class PlanTests
{
    private const string Shop = """
        plan: shop
        sources: [web]
        mode: block
        unplanned: warn
        $defs:
          line:
            type: object
            required: [product_id]
            properties: { product_id: { type: string }, price: { type: number, minimum: 0 } }
        events:
          Order Completed:
            type: object
            required: [order_id, total]
            properties:
              order_id: { type: string, pattern: '^[0-9]+$' }
              total: { type: number, exclusiveMinimum: 0 }
              currency: { enum: [DKK, EUR] }
              products: { type: array, items: { $ref: '#/$defs/line' } }
        identify:
          properties: { email: { type: string, format: email } }
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static TrackingCall.Items Try(string plan, string properties, string name = "Order Completed", string more = "") =>
        Plans.Try(PlanFile.Parse(plan), Items($$"""{"type":"track","event":"{{name}}","userId":"u","messageId":"m","properties":{{properties}}{{more}}}"""));

    [Theory]
    [InlineData("""{"order_id":"1","total":2,"products":[{"product_id":"x","price":0}],"more":true}""", null)]
    [InlineData("""{"order_id":1,"total":0}""", "The plan 'shop' does not allow it: properties.order_id is a number; it must be text; properties.total is not more than 0.")]
    [InlineData("""{"total":2,"currency":"SEK"}""", "The plan 'shop' does not allow it: properties.order_id is missing; properties.currency is none of DKK, EUR.")]
    [InlineData("""{"order_id":"a","total":1e400,"products":[{"price":-1},3]}""", "The plan 'shop' does not allow it: properties.order_id does not match ^[0-9]+$; properties.products[].product_id is missing; properties.products[].price is less than 0; properties.products[] is a number; it must be an object.")]
    [InlineData("null", "The plan 'shop' does not allow it: properties.order_id is missing; properties.total is missing.")]
    public void A_message_is_held_against_its_plan(string properties, string? refused)
    {
        var call = Try(Shop, properties);
        Assert.Equal(refused, call.Refused is [var one, ..] ? one.Reason : null);
        Assert.Equal(refused is null ? 1 : 0, call.Taken.Count);
    }

    [Fact]
    public void An_allowed_message_is_kept_byte_for_byte()
    {
        var call = Items("""{ "type":"track","event":"Order Completed", "userId":"u", "properties":{"total":1,"order_id":"1", "order_id":"2"}}""");
        Assert.Same(call, Plans.Try(PlanFile.Parse(Shop), call));
    }

    [Fact]
    public void A_warning_stands_in_the_context_and_an_unplanned_event_is_as_the_plan_says()
    {
        var warned = Try(Shop.Replace("block", "warn", StringComparison.Ordinal), """{"total":1}""", more: ""","context":{"ip":"::1","violations":["old"]}""");
        Assert.Equal("""{"type":"track","event":"Order Completed","userId":"u","messageId":"m","properties":{"total":1},"context":{"ip":"::1","violations":["properties.order_id is missing"]}}""", Text(Assert.Single(warned.Taken)));
        Assert.EndsWith(""","context":{"violations":["the event 'Other' is not in the plan"]}}""", Text(Assert.Single(Try(Shop, "{}", "Other").Taken)), StringComparison.Ordinal);
        Assert.Contains("'Other' is not in the plan", Assert.Single(Try(Shop.Replace("unplanned: warn", "unplanned: block", StringComparison.Ordinal), "{}", "Other").Refused).Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("violations", Text(Try(Shop.Replace("mode: block", "mode: observe", StringComparison.Ordinal), "{}").Taken[0]), StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_properties_are_dropped_where_the_plan_says_so_and_nowhere_else()
    {
        var call = Try(Shop + "\nunknown: drop\n", """{"order_id":"1","total":2,"cpr":"010101-1234","products":[{"product_id":"x","note":"y"}]}""");
        Assert.Equal("""{"type":"track","event":"Order Completed","userId":"u","messageId":"m","properties":{"order_id":"1","total":2,"products":[{"product_id":"x"}]}}""", Text(Assert.Single(call.Taken)));
        Assert.Contains("note", Text(Assert.Single(Try(Shop + "\nunknown: drop\n", """{"note":1}""", "Free").Taken)), StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_of_a_plan_are_told_with_line_and_column()
    {
        var fault = Assert.Throws<BadInputException>(() => PlanFile.Parse("""
            plan: My Plan
            mode: strict
            events:
              A: { type: text, minimum: many, requierd: [x], $ref: '#/$defs/none' }
              B: { pattern: '(' , format: cpr }
            $defs: { loop: { anyOf: [ { $ref: '#/$defs/loop' } ] } }
            """));
        foreach (var said in new[] { "line 1, column 7: plan is a name", "sources is missing", "line 2, column 7: 'strict' is none of observe, warn, block", "'text' is no type", "there must be a number here", "'requierd' is no keyword", "no 'none' in $defs", "no regular expression", "format 'cpr' is not checked" })
            Assert.Contains(said, fault.Message, StringComparison.Ordinal);
        Assert.Contains("leads to itself", Assert.Throws<BadInputException>(() => PlanFile.Parse("plan: a\nsources: [web]\n$defs: { loop: { anyOf: [ { $ref: '#/$defs/loop' } ] } }\n")).Message, StringComparison.Ordinal);
        Assert.Contains("is not YAML: line", Assert.Throws<BadInputException>(() => PlanFile.Parse("plan: [")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ type: integer }", "1.0", true)]
    [InlineData("{ type: integer }", "1.5", false)]
    [InlineData("{ type: [string, 'null'] }", "null", true)]
    [InlineData("{ const: 3 }", "3.0", true)]
    [InlineData("{ const: '3' }", "3", false)]
    [InlineData("{ maxLength: 2 }", "\"æø\"", true)]
    [InlineData("{ maxLength: 1 }", "\"æø\"", false)]
    [InlineData("{ multipleOf: 0.01 }", "12.34", true)]
    [InlineData("{ multipleOf: 0.01 }", "12.345", false)]
    [InlineData("{ format: date-time }", "\"2026-01-01T00:00:00Z\"", true)]
    [InlineData("{ format: date-time }", "\"2026-13-01T00:00:00Z\"", false)]
    [InlineData("{ prefixItems: [{ type: string }], items: false }", "[\"a\"]", true)]
    [InlineData("{ prefixItems: [{ type: string }], items: false }", "[\"a\",1]", false)]
    [InlineData("{ uniqueItems: true }", "[1,2,1]", false)]
    [InlineData("{ properties: { a: {} }, additionalProperties: false }", "{\"b\":1}", false)]
    [InlineData("{ patternProperties: { '^x': { type: number } }, additionalProperties: false }", "{\"x1\":1}", true)]
    [InlineData("{ dependentRequired: { a: [b] } }", "{\"a\":1}", false)]
    [InlineData("{ oneOf: [{ minimum: 2 }, { maximum: 3 }] }", "2.5", false)]
    [InlineData("{ anyOf: [{ type: string }, { minimum: 2 }] }", "1", false)]
    [InlineData("{ not: { type: string } }", "\"a\"", false)]
    [InlineData("{ if: { required: [vip] }, then: { required: [since] }, else: { required: [name] } }", "{\"vip\":1}", false)]
    [InlineData("{ if: { required: [vip] }, then: { required: [since] }, else: { required: [name] } }", "{\"name\":1}", true)]
    [InlineData("false", "1", false)]
    public void The_keywords_of_JSON_Schema_hold(string schema, string value, bool holds)
    {
        var plan = PlanFile.Parse($"plan: a\nsources: [web]\nevents:\n  E:\n    properties:\n      p: {schema}\n");
        using var json = JsonDocument.Parse("{\"p\":" + value + "}");
        Assert.Equal(holds, plan.Events["E"].Check(json.RootElement, "").Count == 0);
    }

    [Fact]
    public void Work_is_bounded_however_forms_multiply()
    {
        var plan = PlanFile.Parse("plan: a\nsources: [web]\n$defs:\n  t: { anyOf: [ { properties: { c: { $ref: '#/$defs/t' } }, required: [x] }, { properties: { c: { $ref: '#/$defs/t' } }, required: [y] } ] }\nevents: { E: { $ref: '#/$defs/t' } }\n");
        using var json = JsonDocument.Parse(string.Concat(Enumerable.Repeat("{\"c\":", 50)) + "1" + new string('}', 50));
        Assert.NotEmpty(plan.Events["E"].Check(json.RootElement, "properties"));
    }

    [Fact]
    public void Any_JSON_gives_an_answer() => Gen.String[Gen.Char["{}[]\",:\\ux0aé\u00001eE.- "], 0, 40].Sample(text =>
    {
        var call = TrackingCall.Read(Encoding.UTF8.GetBytes($$"""{"type":"track","event":"Order Completed","userId":"u","properties":{{text}}}"""), null, Clock());
        if (call is TrackingCall.Items items) Plans.Try(PlanFile.Parse(Shop.Replace("block", "warn", StringComparison.Ordinal) + "\nunknown: drop\n"), items);
    }, seed: "0000KbNcWQ72", iter: 3_000);

    [Theory, Engines]
    public async Task What_is_blocked_can_be_replayed_once_the_plan_is_mended_and_is_counted(On on)
    {
        await using var desk = await Desk.OpenAsync(on);
        await desk.Plans.PutAsync(Shop, Cancel);
        var (result, call) = await desk.Entrance.AppendAsync("web", Items("""{"batch":[{"type":"track","event":"Order Completed","userId":"u","properties":{"total":1}},{"type":"track","event":"New","userId":"u"}]}"""), Noon, Cancel);
        Assert.Equal((new AppendResult.Taken(1, 0, 1), 0), (result, call.Refused[0].Index));
        await desk.Letters.ProjectAsync(10, Cancel);
        Assert.Equal(1, (await desk.Replay.RunAsync(DeadLetterFilter.All, null, Cancel)).Failed);
        desk.Time.Advance(TimeSpan.FromSeconds(1));

        var counts = await desk.Violations.ListAsync("web", null, Noon.AddHours(-12), Cancel);
        Assert.Equal([("New", "", "unplanned", 1L), ("Order Completed", "properties.order_id", "required", 2L)], counts.Select(c => (c.Event, c.Field, c.Rule, c.Times)).Order());
        await desk.Plans.PutAsync(Shop.Replace("[order_id, total]", "[total]", StringComparison.Ordinal), Cancel);
        Assert.Equal(1, (await desk.Replay.RunAsync(DeadLetterFilter.All, null, Cancel)).Taken);
        Assert.Equal(2, (await desk.HappeningsAsync()).Count);
        Assert.Contains("has the plan 'shop' already", (await Assert.ThrowsAsync<BadInputException>(() => desk.Plans.PutAsync("plan: other\nsources: [web]\n", Cancel))).Message, StringComparison.Ordinal);
        Assert.True(await desk.Plans.RemoveAsync("shop", Cancel));
        Assert.Null(await desk.Plans.OfAsync("web", Cancel));
    }

    [Theory, Engines]
    public async Task Rows_that_become_events_are_held_against_the_plan_too(On on)
    {
        await using var desk = await Desk.OpenAsync(on);
        await desk.Plans.PutAsync(Shop.Replace("[web]", "[web, till]", StringComparison.Ordinal), Cancel);
        var done = await desk.ImportAsync("orders.csv", "no,sum,who\n1,5,a\n2,,b\n", "source: till\nrows: events\nevent: Order Completed\nkey: no\ncolumns: { no: { property: order_id }, sum: { property: total, type: number }, who: { identifier: user_id } }\n");
        Assert.Equal((1, 1), (done.Taken, done.Rejected));
        var letter = Assert.Single(await desk.Letters.ListAsync("till", null, 0, 10, Cancel));
        await desk.Letters.MendAsync(letter.Id, letter.Body.Replace("\"order_id\":\"2\"", "\"order_id\":\"2\",\"total\":7", StringComparison.Ordinal), Cancel);
        Assert.Equal(1, (await desk.Replay.RunAsync(DeadLetterFilter.All, null, Cancel)).Taken);
        Assert.Equal(["Order Completed:1", "Order Completed:2"], (await desk.HappeningsAsync()).Select(h => h.MessageId).Order());
    }
}
