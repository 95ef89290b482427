namespace Roku.Events;

/// <summary>How a product reaches the buyer. Values of Roku's connector guide.</summary>
public enum DeliveryCategory
{
    /// <summary>Bought in the store: <c>in_store</c>.</summary>
    InStore,

    /// <summary>Picked up outside the store: <c>curbside</c>.</summary>
    Curbside,

    /// <summary>Sent home: <c>home_delivery</c>.</summary>
    HomeDelivery,
}
