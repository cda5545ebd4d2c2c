using Kendt.Govern;
using Kendt.Model;

namespace Kendt.Tests.Govern;

public sealed class FieldRightsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Engines]
    public async Task What_is_denied_is_denied_and_nothing_else(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var rights = new FieldRights(test.Stores, TimeProvider.System);
        await rights.PutAsync("role:service", ["trait:salary", "event:Ticket Opened"], "test", Cancel);
        await rights.PutAsync("token:shop", ["identifier:phone"], "test", Cancel);
        var service = await rights.OfAsync("role:service", Cancel);
        Assert.True(service.Trait("salary") && service.Event("Ticket Opened"));
        Assert.False(service.Trait("city") || service.Identifier("phone") || service.Event("salary"));
        Assert.True((await rights.OfAsync("token:shop", Cancel)).Identifier("phone"));
        Assert.Empty((await rights.OfAsync("token:other", Cancel)).Fields);
        await rights.PutAsync("role:service", [], "test", Cancel);
        Assert.Empty((await rights.OfAsync("role:service", Cancel)).Fields);
        Assert.Equal([("token:shop", "identifier:phone")], await rights.ListAsync(Cancel));
        var fault = await Assert.ThrowsAsync<BadInputException>(() => rights.PutAsync("role:king", ["salary"], "test", Cancel));
        Assert.Contains("who:", fault.Message, StringComparison.Ordinal);
        Assert.Contains("'salary'", fault.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<BadInputException>(() => rights.PutAsync("role:admin", ["trait:a"], "test", Cancel));
    }
}
