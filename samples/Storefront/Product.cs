namespace Storefront;

internal sealed record Product(string Id, string Name, string About, decimal Price)
{
    public const string Currency = "USD";

    public static IReadOnlyList<Product> All { get; } =
    [
        new("lamp", "Dusk lamp", "Warm light for the last hour of a film.", 89.00m),
        new("blanket", "Box-set blanket", "Wool, and long enough for two.", 129.50m),
        new("popcorn", "Popcorn pot", "Cast iron with a lid that turns.", 64.95m),
        new("speaker", "Shelf speaker", "Small, walnut, louder than it looks.", 189.50m),
    ];

    public static Product? Find(string? id) => All.FirstOrDefault(product => product.Id == id);
}
