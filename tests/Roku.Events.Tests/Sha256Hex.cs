using System.Security.Cryptography;
using System.Text;

namespace Roku.Events.Tests;

internal static class Sha256Hex
{
    public static string Of(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text))).ToLowerInvariant();
}
