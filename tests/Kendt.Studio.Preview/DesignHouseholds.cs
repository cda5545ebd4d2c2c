using Kendt.Model;
using Kendt.Studio.Data;

namespace Kendt.Studio.Preview;

/// <summary>Households at the made-up company.</summary>
public sealed class DesignHouseholds(bool empty) : IHouseholdDesk
{
    public Task<HouseholdsView> ListAsync(int page, CancellationToken cancel) => Task.FromResult(empty ? new([], 1, 50, 0, 0, null, null) : new HouseholdsView(
        [Home(1, "Anne Jensen", "Mads Jensen", "Ida Jensen"), Home(2, "Søren Holm", "Tove Holm"), Home(3, "", "Åse Lund")], page, 50, 3, 7, 412, null));

    private static HouseholdRow Home(int number, params string[] names) =>
        new(new Guid(number, 0, 0, new byte[8]), [.. names.Select((name, i) => new RelatedCustomer(new ProfileId(new Guid(number, (short)i, 1, new byte[8])), name, null, null))]);
}
