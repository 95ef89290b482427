using Microsoft.Extensions.Hosting;
using Storefront;

// A small shop: Storefront [--urls http://localhost:5081] [--emulator-port 5080] [--without-consent limited|denied]
// With Roku__ApiKey and Roku__EventGroupId set its events go to Roku instead of an emulator, and no pixel fires.
await using var shop = await Shop.StartAsync(args);
Console.WriteLine($"the shop      {shop.Address}");
Console.WriteLine($"the emulator  {shop.EmulatorAddress?.ToString() ?? "none: a key is configured, events go to Roku"}");
await shop.App.WaitForShutdownAsync();
