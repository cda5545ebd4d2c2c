using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kendt.Activate;
using Kendt.Model;

namespace Kendt.Tests.Activate;

public sealed class WebhookTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Engines]
    public async Task Batches_are_signed_and_have_a_key(On on)
    {
        await using var receiver = new Receiver();
        await using var world = await World.OpenAsync(on);
        await world.AddWebhookAsync(receiver.Address, batch: 2);
        await world.SayAsync(ConsentState.Granted, 1, 2, 3);
        var delivery = await world.StartAsync("hook", 1, 2, 3, 4);
        Assert.Empty(receiver.Requests);
        Assert.Equal(2, await world.Deliveries.RunDueAsync(Cancel));
        Assert.Equal([2, 1], receiver.Requests.Select(r => Items(r).Count));
        Assert.Equal(new[] { 1, 2, 3 }.Select(World.Person).Order(), receiver.Requests.SelectMany(Items).Select(i => new ProfileId(i.GetProperty("profile_id").GetGuid())));
        Assert.Equal(2, receiver.Requests.Select(r => r.Headers["Idempotency-Key"]).Distinct().Count());
        foreach (var request in receiver.Requests)
        {
            var signature = request.Headers["Kendt-Signature"].Split(",v1=");
            Assert.Equal("t=" + World.Noon.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), signature[0]);
            Assert.Equal(Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(World.Secret), Encoding.UTF8.GetBytes(signature[0][2..] + "." + request.Body))), signature[1]);
            Assert.Equal("application/json; charset=utf-8", request.Headers["Content-Type"]);
            Assert.Equal("email_marketing", JsonDocument.Parse(request.Body).RootElement.GetProperty("purpose").GetString());
            Assert.Equal("Aarhus", Items(request)[0].GetProperty("data").GetProperty("traits").GetProperty("city").GetString());
        }
        var done = (await world.FindAsync(delivery.Id)).Delivery;
        Assert.Equal((DeliveryState.Done, 4L, 3L, 3L, 0L), (done.State, done.Asked, done.Permitted, done.Delivered, done.Refused));
        Assert.Equal(new Dictionary<string, long> { ["no consent given"] = 1 }, done.Withheld);
    }

    [Fact]
    public async Task Only_the_chosen_fields_are_sent()
    {
        await using var receiver = new Receiver();
        await using var world = await World.OpenAsync(On.Embedded);
        await world.Destinations.PutAsync("hook", "webhook", new Dictionary<string, string> { ["url"] = receiver.Address, ["secret"] = World.Secret, ["fields"] = "traits.age, nothing", ["authorization"] = "Bearer abc" }, World.Actor, Cancel);
        await world.SayAsync(ConsentState.Granted, 1);
        await world.StartAsync("hook", 1);
        await world.Deliveries.RunDueAsync(Cancel);
        var request = Assert.Single(receiver.Requests);
        Assert.Equal("""{"traits":{"age":41}}""", Items(request)[0].GetProperty("data").GetRawText());
        Assert.Equal("Bearer abc", request.Headers["Authorization"]);
    }

    [Theory]
    [InlineData(200, ItemState.Delivered, "")]
    [InlineData(204, ItemState.Delivered, "")]
    [InlineData(400, ItemState.Refused, "answers 400")]
    [InlineData(404, ItemState.Refused, "answers 404")]
    [InlineData(401, ItemState.Held, "answers 401")]
    [InlineData(403, ItemState.Held, "answers 403")]
    [InlineData(302, ItemState.Held, "redirect")]
    [InlineData(408, ItemState.Waiting, "answers 408")]
    [InlineData(429, ItemState.Waiting, "answers 429")]
    [InlineData(500, ItemState.Waiting, "answers 500")]
    [InlineData(503, ItemState.Waiting, "answers 503")]
    public async Task Each_answer_means_one_thing(int status, ItemState state, string says)
    {
        await using var receiver = new Receiver { Answers = _ => new(status) };
        await using var world = await World.OpenAsync(On.Embedded);
        await world.AddWebhookAsync(receiver.Address);
        await world.SayAsync(ConsentState.Granted, 1, 2);
        var delivery = await world.StartAsync("hook", 1, 2);
        await world.Deliveries.RunDueAsync(Cancel);
        var (is_, answer, items) = Assert.Single((await world.FindAsync(delivery.Id)).Items);
        Assert.Equal((state, 2L), (is_, items));
        Assert.Contains(says, answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(429, "Retry-After: 90", 90)]
    [InlineData(503, "Retry-After: Sun, 01 Mar 2026 12:05:00 GMT", 300)]
    [InlineData(429, "Retry-After: 99999999", 86400)]
    [InlineData(503, "Retry-After: 0", 1)]
    [InlineData(503, "X-Nothing: 1", 30)]
    [InlineData(500, "Retry-After: 90", 30)]
    public async Task A_wait_that_the_receiver_asks_for_is_kept(int status, string header, int seconds)
    {
        await using var receiver = new Receiver { Answers = _ => new(status, header) };
        await using var world = await World.OpenAsync(On.Embedded);
        await world.AddWebhookAsync(receiver.Address);
        await world.SayAsync(ConsentState.Granted, 1);
        var delivery = await world.StartAsync("hook", 1);
        await world.Deliveries.RunDueAsync(Cancel);
        Assert.Equal(World.Noon.AddSeconds(seconds), (await world.FindAsync(delivery.Id)).NextTry);
    }

    [Fact]
    public async Task Redirects_are_followed_to_the_same_host_only()
    {
        await using var elsewhere = new Receiver();
        await using var receiver = new Receiver();
        receiver.Answers = r => r.Target == "/kendt" ? new(308, "Location: /moved") : new(200);
        await using var world = await World.OpenAsync(On.Embedded);
        await world.AddWebhookAsync(receiver.Address);
        await world.SayAsync(ConsentState.Granted, 1, 2);
        var first = await world.StartAsync("hook", 1);
        await world.Deliveries.RunDueAsync(Cancel);
        Assert.Equal(["/kendt", "/moved"], receiver.Requests.Select(r => r.Target));
        Assert.Equal(DeliveryState.Done, (await world.FindAsync(first.Id)).Delivery.State);

        receiver.Answers = _ => new(307, "Location: " + elsewhere.Address);
        var second = await world.StartAsync("hook", 2);
        await world.Deliveries.RunDueAsync(Cancel);
        Assert.Empty(elsewhere.Requests);
        Assert.Contains("another host", (await world.FindAsync(second.Id)).Delivery.Note, StringComparison.Ordinal);

        receiver.Answers = _ => new(307, "Location: /round");
        var third = await world.StartAsync("hook", 1);
        await world.Deliveries.RunDueAsync(Cancel);
        Assert.Contains("circle", (await world.FindAsync(third.Id)).Delivery.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_that_does_not_answer_is_tried_again()
    {
        await using var receiver = new Receiver { Answers = _ => null };
        await using var world = await World.OpenAsync(On.Embedded);
        await world.AddWebhookAsync(receiver.Address);
        await world.SayAsync(ConsentState.Granted, 1);
        var delivery = await world.StartAsync("hook", 1);
        var run = world.Deliveries.RunDueAsync(Cancel);
        await receiver.Silent.Task.WaitAsync(Cancel);
        world.Time.Advance(TimeSpan.FromSeconds(30));
        await run;
        var detail = await world.FindAsync(delivery.Id);
        Assert.Equal([(ItemState.Waiting, "no answer within 30 seconds", 1L)], detail.Items);
        Assert.Equal(world.Time.GetUtcNow().AddSeconds(30), detail.NextTry);
    }

    [Fact]
    public async Task A_receiver_that_is_not_there_is_tried_again_and_told_of_by_the_test()
    {
        var receiver = new Receiver();
        var address = receiver.Address;
        await receiver.DisposeAsync();
        await using var world = await World.OpenAsync(On.Embedded);
        await world.AddWebhookAsync(address);
        await world.SayAsync(ConsentState.Granted, 1);
        var delivery = await world.StartAsync("hook", 1);
        await world.Deliveries.RunDueAsync(Cancel);
        Assert.Equal([(ItemState.Waiting, "no connection (ConnectionError)", 1L)], (await world.FindAsync(delivery.Id)).Items);
        Assert.Contains("no connection", Assert.IsType<TestAnswer.Fault>(await world.Destinations.TestAsync("hook", Cancel)).Says, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_sends_nobody_and_an_erasure_needs_an_address()
    {
        await using var receiver = new Receiver();
        await using var world = await World.OpenAsync(On.Embedded);
        await world.AddWebhookAsync(receiver.Address);
        Assert.IsType<TestAnswer.Works>(await world.Destinations.TestAsync("hook", Cancel));
        Assert.Empty(Items(receiver.Requests.Single()));
        Assert.IsType<EraseAnswer.CannotErase>(await world.Destinations.EraseAsync("hook", [World.Person(1)], Cancel));
        await world.Destinations.PutAsync("hook", "webhook", new Dictionary<string, string> { ["url"] = receiver.Address, ["erase_url"] = receiver.Address + "/erase" }, World.Actor, Cancel);
        Assert.IsType<EraseAnswer.Erased>(await world.Destinations.EraseAsync("hook", [World.Person(1)], Cancel));
        var request = receiver.Requests.Last();
        Assert.Equal("/kendt/erase", request.Target);
        Assert.Equal(World.Person(1).ToString(), JsonDocument.Parse(request.Body).RootElement.GetProperty("erase")[0].GetString());
        receiver.Answers = _ => new(500);
        Assert.IsType<EraseAnswer.Failed>(await world.Destinations.EraseAsync("hook", [World.Person(1)], Cancel));
    }

    private static List<JsonElement> Items(Receiver.Request request) => [.. JsonDocument.Parse(request.Body).RootElement.GetProperty("items").EnumerateArray()];
}
