mod flavours;
mod layout;
mod support;
mod threads;
