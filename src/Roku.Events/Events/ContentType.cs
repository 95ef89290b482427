namespace Roku.Events;

/// <summary>What the content ids stand for. Values of Roku's connector guide.</summary>
public enum ContentType
{
    /// <summary>Single products: <c>product</c>.</summary>
    Product,

    /// <summary>Groups of products: <c>product_group</c>.</summary>
    ProductGroup,
}
