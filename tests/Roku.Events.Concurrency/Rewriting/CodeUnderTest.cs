using System.Reflection;
using System.Runtime.Loader;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace Roku.Events.Concurrency;

// The real Roku.Events.dll as it was built, with calls of Controlled in place of the locks of the runtime, and before each
// access to mutable state of its internal classes. Loaded when the first type of it is used.
internal sealed class CodeUnderTest
{
    private const BindingFlags Any = BindingFlags.Public | BindingFlags.Static;

    // What would block a thread, or order threads, where the scheduler does not see it.
    private static readonly string[] NotControlled =
    [
        "System.Threading.Lock", "System.Threading.Lock/Scope", "System.Threading.Thread", "System.Threading.SemaphoreSlim",
        "System.Threading.ManualResetEventSlim", "System.Threading.SpinWait", "System.Threading.ReaderWriterLockSlim", "System.Threading.Barrier",
        "System.Threading.CountdownEvent", "System.Threading.WaitHandle", "System.Threading.Timer",
    ];

    private readonly ModuleDefinition _module;
    private readonly MethodReference _point;
    private readonly MethodReference _enter;
    private readonly MethodReference _exit;
    private readonly MethodReference _random;

    private CodeUnderTest(string path)
    {
        _module = ModuleDefinition.ReadModule(path);
        _point = Import(nameof(Controlled.Point));
        _enter = Import(nameof(Controlled.Enter));
        _exit = Import(nameof(Controlled.Exit));
        _random = _module.ImportReference(typeof(Controlled).GetProperty(nameof(Controlled.Random))!.GetMethod);
    }

    public static string Path => typeof(CodeUnderTest).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(metadata => metadata.Key == nameof(CodeUnderTest)).Value!;

    public static void LoadOnDemand(Mutant? mutant) =>
        AssemblyLoadContext.Default.Resolving += (context, name) =>
            name.Name == System.IO.Path.GetFileNameWithoutExtension(Path) ? context.LoadFromStream(new CodeUnderTest(Path).Rewritten(mutant)) : null;

    private MethodReference Import(string name) => _module.ImportReference(typeof(Controlled).GetMethod(name, Any));

    private MemoryStream Rewritten(Mutant? mutant)
    {
        mutant?.ApplyTo(_module);

        // No scenario has a durable outbox: its dispatcher waits for disks and servers, which nobody can schedule.
        foreach (var type in _module.GetTypes().Where(type => !type.FullName.StartsWith("Roku.Events.DurableDispatcher", StringComparison.Ordinal)))
        {
            foreach (var method in type.Methods.Where(method => method.HasBody))
            {
                Rewrite(method);
            }
        }

        var rewritten = new MemoryStream();
        _module.Write(rewritten);
        rewritten.Position = 0;
        return rewritten;
    }

    private void Rewrite(MethodDefinition method)
    {
        // Long branches: short ones would not reach over what is added.
        method.Body.SimplifyMacros();
        var name = Mutant.NameOf(method);
        var code = method.Body.GetILProcessor();
        foreach (var instruction in method.Body.Instructions.ToArray())
        {
            switch (instruction.Operand)
            {
                case MethodReference { DeclaringType.FullName: "System.Threading.Monitor" } called:
                    instruction.Operand = called.Name switch
                    {
                        "Enter" when called.Parameters.Count == 2 => _enter,
                        "Exit" => _exit,
                        _ => throw new NotSupportedException($"{name} calls Monitor.{called.Name}, which Controlled does not know yet."),
                    };
                    AddPoint(called.Name == "Enter" ? $"{name} takes the lock" : $"{name} gives the lock back", isFine: false, after: called.Name == "Exit");
                    break;
                case MethodReference { DeclaringType.FullName: "System.Random", Name: "get_Shared" }:
                    instruction.Operand = _random;
                    break;
                case MethodReference called when NotControlled.Contains(called.DeclaringType.FullName):
                    throw new NotSupportedException($"{name} calls {called.DeclaringType.Name}.{called.Name}, which Controlled does not know yet.");
                case MethodReference { DeclaringType: { Namespace: "System.Threading", Name: "Interlocked" or "Volatile" } } called:
                    AddPoint($"{name}: {called.DeclaringType.Name}.{called.Name}", isFine: true, after: false);
                    break;
                case MethodReference { DeclaringType.Namespace: "System.Collections.Concurrent" } called when !method.IsConstructor:
                    AddPoint($"{name}: {called.DeclaringType.Name}.{called.Name}", isFine: true, after: false);
                    break;
                case FieldReference field when IsShared(field.Resolve()) && !method.IsConstructor:
                    AddPoint($"{name}: {(instruction.OpCode.Code == Code.Stfld ? "writes" : "reads")} {field.DeclaringType.Name}.{field.Name}", isFine: true, after: false);
                    break;
            }

            void AddPoint(string text, bool isFine, bool after)
            {
                var number = code.Create(OpCodes.Ldc_I4, Sites.Add(text, isFine));
                var call = code.Create(OpCodes.Call, _point);
                var place = after ? instruction.Next : instruction.Previous?.OpCode.OpCodeType == OpCodeType.Prefix ? instruction.Previous : instruction;
                code.InsertBefore(place, number);
                code.InsertBefore(place, call);
            }
        }
    }

    // Options, events and answers are public, or values: they do not change once they are shared.
    private static bool IsShared(FieldDefinition? field) =>
        field is { IsInitOnly: false, IsLiteral: false, IsStatic: false, DeclaringType: { IsNotPublic: true, IsNested: false, IsValueType: false } }
        && !field.DeclaringType.Name.Contains('<', StringComparison.Ordinal)
        && !field.Name.EndsWith(">P", StringComparison.Ordinal);
}
