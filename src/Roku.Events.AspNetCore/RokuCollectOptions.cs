using Microsoft.AspNetCore.Http;

namespace Roku.Events;

/// <summary>What the endpoint of <see cref="RokuEndpointRouteBuilderExtensions.MapRokuEvents"/> takes, and from whom.</summary>
/// <remarks>Read once, when the endpoint is mapped; later changes have no effect on it.</remarks>
public sealed class RokuCollectOptions
{
    /// <summary>Events that a page may post.</summary>
    /// <value>
    /// What visitors do before they buy: ADD_TO_CART, ADD_TO_WISHLIST, CUSTOMIZE_PRODUCT, FIND_LOCATION, INITIATE_CHECKOUT, PAGE_VIEW, SEARCH,
    /// VIEW_CONTENT. Anyone can post to a public address: a PURCHASE is better sent by the code that took the money.
    /// </value>
    public ISet<EventName> EventNames { get; } = new HashSet<EventName>
    {
        EventName.AddToCart, EventName.AddToWishlist, EventName.CustomizeProduct, EventName.FindLocation,
        EventName.InitiateCheckout, EventName.PageView, EventName.Search, EventName.ViewContent,
    };

    /// <summary>Fields of <c>custom_data</c> that a page may post, by their JSON names.</summary>
    /// <value>
    /// <c>value</c>, <c>currency</c>, <c>num_items</c>, <c>content_category</c>, <c>content_name</c>, <c>content_ids</c>, <c>content_type</c>, <c>contents</c>,
    /// <c>search_string</c> and the five <c>utm_…</c>. By choice: <c>order_id</c>, <c>predicted_ltv</c>, <c>status</c>, <c>purchase_type</c>, <c>delivery_category</c>.
    /// </value>
    public ISet<string> CustomDataFields { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "value", "currency", "num_items", "content_category", "content_name", "content_ids", "content_type", "contents", "search_string",
        "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content",
    };

    /// <summary>Fields of <c>user_data</c> that a page may post, by their JSON names; plain, and hashed here as Roku wants them.</summary>
    /// <value>
    /// None: who posts could name another person. There are <c>em</c>, <c>ph</c>, <c>fn</c>, <c>ln</c>, <c>db</c> (<c>yyyy-MM-dd</c>), <c>ge</c>, <c>ct</c>, <c>st</c>,
    /// <c>zp</c> and <c>country</c>. What the server knows of a signed-in visitor comes better from <see cref="OnCollect"/>.
    /// </value>
    public ISet<string> UserDataFields { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Origins beside the endpoint's own whose pages may post, such as <c>https://www.shop.example</c>. Reading the answer there takes CORS, which is the host's.</summary>
    /// <value>None.</value>
    public ISet<string> AllowedOrigins { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a post must carry an antiforgery token of the host's <c>IAntiforgery</c>, as header, instead of coming from an allowed origin.</summary>
    /// <value>False. A page sends the header with <c>fetch</c>; <c>sendBeacon</c> cannot.</value>
    public bool RequireAntiforgery { get; set; }

    /// <summary>Posts that one client address may make in a minute; IPv6 addresses count by their first 64 bits.</summary>
    /// <value>
    /// 300, from 1 to 1,000,000. Behind a proxy all clients have its address unless <c>UseForwardedHeaders</c> comes first. Windows are fixed, so up to
    /// twice as many may come within one minute; each process counts for itself. Memory is constant: among very many clients, some share a count.
    /// </value>
    public int RequestsPerMinute { get; set; } = 300;

    /// <summary>What the visitor agreed to; asked before the body is read.</summary>
    /// <value>Null: <see cref="RokuConsent.Granted"/> or <see cref="RokuConsent.Limited"/>, as <see cref="RokuRequestOptions.HasConsent"/> says.</value>
    public Func<HttpContext, RokuConsent>? Consent { get; set; }

    /// <summary>Adds to an event what the server knows, such as the e-mail address of a signed-in visitor, after all else was filled in.</summary>
    /// <value>Null: nothing. What it throws is the host's to answer; it must be thread-safe.</value>
    public Func<HttpContext, RokuEventBuilder, ValueTask>? OnCollect { get; set; }

    /// <summary>The client that sends the events, by the name it was added with.</summary>
    /// <value>Empty: the default client.</value>
    public string ClientName { get; set; } = "";
}
