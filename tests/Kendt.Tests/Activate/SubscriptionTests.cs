using System.Text.Json;
using Kendt.Activate;
using Kendt.Govern;
using Kendt.Model;

namespace Kendt.Tests.Activate;

public sealed class SubscriptionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Engines]
    public async Task Each_change_is_told_once_and_in_order_however_often_it_is_begun_again(On on)
    {
        await using var receiver = new Receiver();
        await using var world = await World.OpenAsync(on);
        await world.AddWebhookAsync(receiver.Address, batch: 2);
        await world.SayAsync(ConsentState.Granted, 1, 2, 3);
        await world.SayAsync(ConsentState.Denied, 4);
        await Of(world).PutAsync("gold", "hook", Purposes.EmailMarketing, "gold", "0", World.Actor, Cancel);
        var begin = await OneAsync(world);
        Assert.True(await TellAsync(world, begin, "4", (1, "entered"), (2, "entered"), (4, "entered")));
        await world.CrashAsync();
        Assert.False(await TellAsync(world, begin, "4", (1, "entered"), (2, "entered"), (4, "entered"))); // who was cut off begins with what it knew
        Assert.True(await TellAsync(world, await OneAsync(world), "5", (1, "left")));
        Assert.True(await TellAsync(world, await OneAsync(world), "6", (4, "left")));
        Assert.Equal((3, "6"), (await world.Deliveries.WaitingAsync(begin, Cancel), (await OneAsync(world)).Cursor));
        world.Time.Advance(TimeSpan.FromSeconds(1));
        await world.Deliveries.RunDueAsync(Cancel);
        var told = receiver.Requests.SelectMany(r => JsonDocument.Parse(r.Body).RootElement.GetProperty("items").EnumerateArray())
            .Select(i => (i.GetProperty("profile_id").GetString(), i.GetProperty("data").GetProperty("change").GetProperty("change").GetString())).ToList();
        Assert.Equal(3, told.Count);
        Assert.Equal(["entered", "left"], told.Where(t => t.Item1 == World.Person(1).ToString()).Select(t => t.Item2));
        Assert.Equal(0, await world.Deliveries.WaitingAsync(begin, Cancel));

        Assert.Equal(0, await world.Deliveries.TidyAsync(world.Time.GetUtcNow().AddDays(-1), Cancel));
        Assert.Equal(2, await world.Deliveries.TidyAsync(world.Time.GetUtcNow().AddDays(1), Cancel));
    }

    [Theory, Engines]
    public async Task Only_the_fields_of_the_destination_are_sent_and_the_change_with_them(On on)
    {
        await using var receiver = new Receiver();
        await using var world = await World.OpenAsync(on);
        await world.Destinations.PutAsync("hook", "webhook", new Dictionary<string, string> { ["url"] = receiver.Address, ["secret"] = World.Secret, ["fields"] = "email" }, World.Actor, Cancel);
        await world.SayAsync(ConsentState.Granted, 1);
        await Of(world).PutAsync("gold", "hook", Purposes.EmailMarketing, null, "0", World.Actor, Cancel);
        Assert.True(await TellAsync(world, await OneAsync(world), "1", (1, "profile")));
        await world.Deliveries.RunDueAsync(Cancel);
        Assert.Equal("""{"email":"a@b.dk","change":{"change":"profile"}}""", JsonDocument.Parse(Assert.Single(receiver.Requests).Body).RootElement.GetProperty("items")[0].GetProperty("data").GetRawText());
    }

    [Theory, Engines]
    public async Task What_cannot_be_told_is_refused_with_all_that_is_wrong(On on)
    {
        await using var world = await World.OpenAsync(on);
        await world.Destinations.PutAsync("file", "csv", new Dictionary<string, string>(), World.Actor, Cancel);
        var fault = await Assert.ThrowsAsync<BadInputException>(() => Of(world).PutAsync("Gold", "file", "nothing", "gold", "0", World.Actor, Cancel));
        Assert.Equal(3, fault.Message.Split(Environment.NewLine).Length);
        Assert.Contains("is a file", fault.Message, StringComparison.Ordinal);
        Assert.Contains("destination 'nowhere' is unknown", (await Assert.ThrowsAsync<BadInputException>(() => Of(world).PutAsync("gold", "nowhere", Purposes.EmailMarketing, "gold", "0", World.Actor, Cancel))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<BadInputException>(() => Of(world).RemoveAsync("gold", World.Actor, Cancel));
    }

    [Theory, Engines]
    public async Task One_that_tells_the_same_goes_on_where_it_was(On on)
    {
        await using var world = await World.OpenAsync(on);
        await world.AddWebhookAsync("http://127.0.0.1:9");
        await Of(world).PutAsync("gold", "hook", Purposes.EmailMarketing, "gold", "7", World.Actor, Cancel);
        await Of(world).PutAsync("gold", "hook", "service", "gold", "9", World.Actor, Cancel);
        Assert.Equal(("7", "service"), ((await OneAsync(world)).Cursor, (await OneAsync(world)).Purpose));
        await Of(world).PutAsync("gold", "hook", "service", "silver", "9", World.Actor, Cancel);
        Assert.Equal("9", (await OneAsync(world)).Cursor);
        await Of(world).RemoveAsync("gold", World.Actor, Cancel);
        Assert.Empty(await Of(world).ListAsync(Cancel));
    }

    private static Subscriptions Of(World world) => new(world.Stores, world.Destinations, new Purposes(world.Stores), world.Time);

    private static async Task<Subscription> OneAsync(World world) => Assert.Single(await Of(world).ListAsync(Cancel));

    private static async Task<bool> TellAsync(World world, Subscription subscription, string cursor, params (int Person, string Change)[] changes)
    {
        world.Time.Advance(TimeSpan.FromMilliseconds(5));
        return await world.Deliveries.TellAsync(subscription, changes.ToDictionary(c => World.Person(c.Person), c => $$"""{"change":"{{c.Change}}"}"""), cursor,
            (people, _) => Task.FromResult<IReadOnlyDictionary<ProfileId, string>>(people.ToDictionary(p => p, _ => """{"email":"a@b.dk","phone":"1"}""")), Cancel);
    }
}
